// A form that needs a passkey: what the device says goes into it, and it is sent.
"use strict";

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const withBytes = (credentials) => (credentials || []).map((one) => ({ ...one, id: bytes(one.id) }));

async function made(options) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
    },
  });
  return said(credential, { attestationObject: text(credential.response.attestationObject) });
}

async function shown(options) {
  const credential = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: withBytes(options.allowCredentials),
    },
  });
  const { authenticatorData, signature, userHandle } = credential.response;
  return said(credential, {
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
  });
}

function said(credential, response) {
  const clientDataJSON = text(credential.response.clientDataJSON);
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: { clientDataJSON, ...response },
  };
}

async function answer(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const failed = form.querySelector("[data-failed]");
  const known = form.querySelector("[data-known]");
  failed.hidden = known.hidden = true;
  try {
    const options = JSON.parse(form.dataset.options);
    const answered = form.dataset.passkey === "make" ? await made(options) : await shown(options);
    form.elements.said.value = JSON.stringify(answered);
    form.submit();
  } catch (error) {
    (error.name === "InvalidStateError" ? known : failed).hidden = false; // WebAuthn: a device that is excluded
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.addEventListener("submit", answer);
  form.hidden = false;
  document.querySelector("[data-without-passkeys]").hidden = true;
}
