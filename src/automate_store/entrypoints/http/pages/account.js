// The secret stands behind the "#", so that no server's log has it; it leaves the address at once.
const secret = new URLSearchParams(location.hash.slice(1)).get("token");
history.replaceState(null, "", location.pathname);
const form = document.querySelector("form");
const said = document.querySelector("[role=status]");

function why(answer) {
  const reasons = (answer.errors || []).map((each) => `Your ${each.field} ${each.reason}.`);
  return reasons.length ? reasons.join(" ") : answer.detail;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const typed = form.querySelector("input");
  // Whoever forgot their password has no secret yet; one is mailed to them.
  const body = typed && typed.type === "email" ? {} : { token: secret || "-" };
  if (typed) body[typed.type] = typed.value;
  said.textContent = "One moment.";
  try {
    const sent = await fetch(form.dataset.path, {
      method: "POST",
      // What the link and the password say is enough; a session of somebody else says nothing.
      credentials: "omit",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = await sent.json();
    said.textContent = sent.ok ? answer.message : why(answer);
    form.hidden = sent.ok;
  } catch {
    said.textContent = "The shop can't be reached; try again in a moment.";
  }
});
