// A Temporal development server for machines that can reach a Go module mirror but no release download.
//
// It takes the flags that the SDK passes to `temporal server start-dev` and keeps everything in SQLite: in memory, or in
// the file that --db-filename names.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	uiserver "github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	uioptions "github.com/temporalio/ui-server/v2/server/server_options"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/log"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/schema/sqlite"
	"go.temporal.io/server/temporal"
)

const (
	loopback    = "127.0.0.1"
	clusterName = "active"
)

// repeated is a flag that may be given several times.
type repeated []string

func (r *repeated) String() string         { return strings.Join(*r, ",") }
func (r *repeated) Set(value string) error { *r = append(*r, value); return nil }

type options struct {
	ip, database, logLevel, logFormat     string
	port, uiPort                          int
	headless                              bool
	namespaces, attributes, dynamicValues repeated
}

func main() {
	if err := serve(parse(os.Args[1:])); err != nil {
		fmt.Fprintln(os.Stderr, "temporal server:", err)
		os.Exit(1)
	}
}

func parse(arguments []string) options {
	if len(arguments) >= 2 && arguments[0] == "server" && arguments[1] == "start-dev" {
		arguments = arguments[2:]
	}
	var o options
	flags := flag.NewFlagSet("start-dev", flag.ExitOnError)
	flags.StringVar(&o.ip, "ip", loopback, "address to listen on")
	flags.IntVar(&o.port, "port", 7233, "port of the frontend")
	flags.IntVar(&o.uiPort, "ui-port", 0, "port of the Web UI; default: port + 1000")
	flags.BoolVar(&o.headless, "headless", false, "no Web UI")
	flags.StringVar(&o.database, "db-filename", "", "SQLite file; default: in memory")
	flags.StringVar(&o.logLevel, "log-level", "warn", "debug, info, warn, error")
	flags.StringVar(&o.logFormat, "log-format", "json", "json")
	flags.Var(&o.namespaces, "namespace", "namespace to create; may be repeated")
	flags.Var(&o.attributes, "search-attribute", "NAME=Type; may be repeated")
	flags.Var(&o.dynamicValues, "dynamic-config-value", "key=json; may be repeated")
	_ = flags.Parse(arguments) // ExitOnError
	if len(o.namespaces) == 0 {
		o.namespaces = repeated{"default"}
	}
	return o
}

func serve(o options) error {
	database, err := prepareDatabase(o)
	if err != nil {
		return err
	}
	server, err := newServer(o, database)
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	if !o.headless {
		go serveUI(o)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	<-stop
	return server.Stop()
}

// prepareDatabase creates the schema, the namespaces and their search attributes.
func prepareDatabase(o options) (*config.SQL, error) {
	database := &config.SQL{PluginName: sqliteplugin.PluginName, DatabaseName: o.database}
	if o.database == "" {
		database.DatabaseName = fmt.Sprint(os.Getpid())
		database.ConnectAttributes = map[string]string{"mode": "memory", "cache": "shared"}
	} else {
		database.ConnectAttributes = map[string]string{"mode": "rwc", "_journal_mode": "wal", "_synchronous": "2"}
		if _, err := os.Stat(o.database); os.IsNotExist(err) {
			if err := sqlite.SetupSchema(database); err != nil {
				return nil, err
			}
		}
	}
	attributes, err := searchAttributes(o.attributes)
	if err != nil {
		return nil, err
	}
	for _, name := range o.namespaces {
		namespace, err := sqlite.NewNamespaceConfig(clusterName, name, false, attributes)
		if err != nil {
			return nil, err
		}
		if err := sqlite.CreateNamespaces(database, namespace); err != nil {
			return nil, err
		}
	}
	return database, nil
}

func searchAttributes(given []string) (map[string]enumspb.IndexedValueType, error) {
	attributes := map[string]enumspb.IndexedValueType{}
	for _, attribute := range given {
		name, kind, _ := strings.Cut(attribute, "=")
		value, err := enumspb.IndexedValueTypeFromString(kind)
		if err != nil {
			return nil, fmt.Errorf("--search-attribute %s: %w", attribute, err)
		}
		attributes[name] = value
	}
	return attributes, nil
}

func dynamicConfig(given []string) (dynamicconfig.StaticClient, error) {
	values := dynamicconfig.StaticClient{}
	for _, entry := range given {
		key, text, _ := strings.Cut(entry, "=")
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			return nil, fmt.Errorf("--dynamic-config-value %s: %w", entry, err)
		}
		values[dynamicconfig.MakeKey(key)] = value
	}
	return values, nil
}

func newServer(o options, database *config.SQL) (temporal.Server, error) {
	settings, err := serverConfig(o, database)
	if err != nil {
		return nil, err
	}
	dynamic, err := dynamicConfig(o.dynamicValues)
	if err != nil {
		return nil, err
	}
	logger := log.NewZapLogger(log.BuildZapLogger(log.Config{Level: o.logLevel}))
	authorizer, err := authorization.GetAuthorizerFromConfig(&settings.Global.Authorization)
	if err != nil {
		return nil, err
	}
	claims, err := authorization.GetClaimMapperFromConfig(&settings.Global.Authorization, logger)
	if err != nil {
		return nil, err
	}
	return temporal.NewServer(
		temporal.WithConfig(settings),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithLogger(logger),
		temporal.WithAuthorizer(authorizer),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return claims }),
		temporal.WithDynamicConfigClient(dynamic),
	)
}

func serverConfig(o options, database *config.SQL) (*config.Config, error) {
	frontend := fmt.Sprintf("%s:%d", o.ip, o.port)
	settings := &config.Config{
		Persistence: config.Persistence{
			DefaultStore:     sqliteplugin.PluginName,
			VisibilityStore:  sqliteplugin.PluginName,
			NumHistoryShards: 1,
			DataStores:       map[string]config.DataStore{sqliteplugin.PluginName: {SQL: database}},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: "disabled"},
			Visibility: config.VisibilityArchival{State: "disabled"},
		},
		NamespaceDefaults: config.NamespaceDefaults{
			Archival: config.ArchivalNamespaceDefaults{
				History:    config.HistoryArchivalNamespaceDefaults{State: "disabled"},
				Visibility: config.VisibilityArchivalNamespaceDefaults{State: "disabled"},
			},
		},
		PublicClient: config.PublicClient{HostPort: frontend},
		Services:     map[string]config.Service{},
	}
	settings.Global.Membership = config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: loopback}
	for _, name := range []string{"frontend", "history", "matching", "worker"} {
		port := o.port
		if name != "frontend" {
			port = 0
		}
		service, err := service(o.ip, port)
		if err != nil {
			return nil, err
		}
		settings.Services[name] = service
	}
	return settings, nil
}

func service(ip string, port int) (config.Service, error) {
	ports, err := freePorts(2)
	if err != nil {
		return config.Service{}, err
	}
	if port == 0 {
		port = ports[0]
	}
	return config.Service{RPC: config.RPC{GRPCPort: port, MembershipPort: ports[1], BindOnIP: ip}}, nil
}

func freePorts(count int) ([]int, error) {
	ports := make([]int, count)
	for i := range ports {
		listener, err := net.Listen("tcp", loopback+":0")
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		ports[i] = listener.Addr().(*net.TCPAddr).Port
	}
	return ports, nil
}

func serveUI(o options) {
	port := o.uiPort
	if port == 0 {
		port = o.port + 1000
	}
	ui := uiserver.NewServer(uioptions.WithConfigProvider(&uiconfig.Config{
		TemporalGRPCAddress: fmt.Sprintf("%s:%d", o.ip, o.port),
		Host:                o.ip,
		Port:                port,
		EnableUI:            true,
		DefaultNamespace:    o.namespaces[0],
		CORS:                uiconfig.CORS{CookieInsecure: true},
		DisableNewsFetch:    true,
		HideLogs:            true,
	}))
	if err := ui.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "Web UI:", err)
	}
}
