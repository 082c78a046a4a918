// Follows the event stream and asks htmx for the rows anew when something happened; sends what the
// buttons ask for through the API.

const PAUSE = 400; // between two reloads of the rows, in milliseconds
const AGAIN = 2000; // before a stream that was refused is asked for again

const byId = (id) => document.getElementById(id);

// --- live rows

let planned = false;

function refresh() {
  if (planned) return;
  planned = true;
  setTimeout(() => {
    planned = false;
    window.htmx.trigger("#live", "refresh");
  }, PAUSE);
}

// What was unfolded stays so when the rows come anew.
const unfolded = new Set();

document.addEventListener(
  "toggle",
  (event) => {
    const { id, open } = event.target;
    if (open) unfolded.add(id);
    else unfolded.delete(id);
  },
  true,
);

document.addEventListener("htmx:afterSwap", () => {
  for (const id of unfolded) byId(id)?.setAttribute("open", "");
});

function say(state, words) {
  const sign = byId("connection");
  if (sign.dataset.state === state) return;
  sign.dataset.state = state;
  sign.textContent = words;
}

function follow() {
  const events = new EventSource("/api/v1/events");
  events.addEventListener("open", () => {
    say("live", "live");
    refresh(); // what happened while nobody listened
  });
  events.addEventListener("family", refresh);
  events.addEventListener("ledger", refresh);
  events.addEventListener("error", () => {
    say("lost", "connection lost, trying again");
    if (events.readyState === EventSource.CLOSED) setTimeout(follow, AGAIN);
  });
}

// A session that has ended sends the page to the door.
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 401) window.location.assign("/login");
});

// --- the dialog

const ACCEPT = "parity/accept";
const STOP = "line/stop";
const RELEASE = "line/release";
const ACCEPTED_DAYS = 90; // what the dialog proposes
const titles = {
  promote: "Promote",
  rollback: "Roll back",
  hold: "Hold",
  resume: "Resume",
  approve: "Approve",
  [STOP]: "Stop the line",
  [RELEASE]: "Release the line",
  [ACCEPT]: "Accept for",
};
const dialog = byId("ask");
let asked = null;

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-verb]");
  if (!button) return;
  asked = { ...button.dataset };
  byId("ask-title").textContent = [titles[asked.verb], asked.family].filter(Boolean).join(" ");
  byId("ask-about").textContent = asked.about;
  byId("ask-reason").value = "";
  byId("ask-day").hidden = asked.verb !== ACCEPT;
  byId("ask-until").required = asked.verb === ACCEPT;
  byId("ask-until").value = dayIn(ACCEPTED_DAYS);
  byId("ask-confirm").textContent = titles[asked.verb];
  byId("ask-confirm").className = ["rollback", STOP].includes(asked.verb) ? "danger" : "main";
  refuse(null);
  dialog.showModal();
  byId("ask-reason").focus();
});

byId("ask-cancel").addEventListener("click", () => dialog.close());

byId("ask-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const confirm = byId("ask-confirm");
  confirm.disabled = true;
  try {
    await send(asked, byId("ask-reason").value);
  } catch {
    refuse({ detail: "The control plane does not answer. Nothing is known of the outcome." });
  } finally {
    confirm.disabled = false;
  }
});

function dayIn(days) {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

function bodyOf(ask, reason) {
  const body = { reason, actor: "console" };
  if (ask.verb !== ACCEPT) return body;
  const { where, endpoint, kind } = ask;
  return { ...body, where, endpoint, kind, until: byId("ask-until").value };
}

async function send(ask, reason) {
  const headers = { "Content-Type": "application/json" };
  // A promotion is meant from where the family was seen to stand, and so is the leave for one; a
  // rollback from anywhere.
  if (ask.tag) headers["If-Match"] = ask.tag;
  const path = ask.family
    ? `/api/v1/families/${encodeURIComponent(ask.family)}/${ask.verb}`
    : `/api/v1/${ask.verb}`;
  const body = JSON.stringify(bodyOf(ask, reason));
  const response = await fetch(path, { method: "POST", headers, body });
  const answer = await response.json();
  if (!response.ok) {
    refuse(answer);
    return;
  }
  dialog.close();
  tell(outcome(ask, answer));
  refresh();
}

function outcome(ask, answer) {
  if (ask.verb === STOP) return "Nothing is promoted until the line is released.";
  if (ask.verb === RELEASE) return "The line is released.";
  const family = answer.family ?? answer;
  return `${family.name} is in ${family.phase}${family.weight ? ` at ${family.weight}` : ""}.`;
}

function tell(words) {
  byId("notice").textContent = words;
  byId("notice").hidden = false;
}

function refuse(problem) {
  const place = byId("ask-refusal");
  place.replaceChildren();
  place.hidden = !problem;
  if (!problem) return;
  const detail = document.createElement("p");
  detail.textContent = problem.detail ?? "Refused.";
  const gates = document.createElement("ul");
  for (const gate of problem.gates ?? []) {
    const item = document.createElement("li");
    item.textContent = `${gate.gate}: ${gate.says}`;
    gates.append(item);
  }
  place.append(detail, gates);
}

follow();
