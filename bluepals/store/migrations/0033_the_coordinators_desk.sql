-- What a coordinator says at the desk: who dealt with a call, who moved a date, and who recorded a consent that a family
-- gave on paper.

ALTER TABLE attention ADD closed_by uuid REFERENCES staff,
    ADD CHECK (closed_by IS NULL OR closed_at IS NOT NULL);

-- NULL: its dates are those of program.toml.
ALTER TABLE round ADD planned_by uuid REFERENCES staff, ADD planned_at timestamptz;

-- NULL: the roster brought it. What a person recorded stays in force when a roster says nothing of it.
ALTER TABLE consent ADD recorded_by uuid REFERENCES staff;
GRANT UPDATE (recorded_by) ON consent TO bluepals_app;
