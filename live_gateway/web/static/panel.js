// Who conducts the interview together: who is here, who leads, and for who leads the means to change that.
import { announce, bringInto, call, find, make, onSubmit, Refusal, sentence, setup, tell, text } from "./page.js";

export class Panel {
  /** `onLead(leads)` when this page's own account is given the lead, or hands it on. */
  constructor({ onLead }) {
    this.onLead = onLead;
    this.members = setup.panel.members;
    this.leads = setup.panel.leads;
    this.over = false;
    const form = find("panel-form");
    if (form) {
      onSubmit(form, async (data) => {
        this.take(await call("POST", setup.panel.url, { login: data.get("login").trim() }));
        form.reset();
      });
    }
    this.draw();
  }

  /** A `panel` message of the socket, or the interface's answer, which does not say who is here. */
  take({ members }) {
    const here = new Map(this.members.map((m) => [m.account_id, m.here]));
    this.members = members.map((m) => ({ ...m, here: m.here ?? here.get(m.account_id) ?? false }));
    const leads = this.members.some((m) => m.leads && m.account_id === setup.panel.account);
    if (leads !== this.leads) {
      this.leads = leads;
      announce(text(leads ? "panel.you_lead" : "panel.you_follow"));
      this.onLead(leads);
    }
    this.draw();
  }

  /** The interview is over: the panel stays as it was. */
  freeze() {
    this.over = true;
    this.draw();
  }

  get changes() {
    return !this.over && (this.leads || setup.panel.manages);
  }

  draw() {
    const form = find("panel-form");
    if (form) form.hidden = !this.changes;
    bringInto(find("panel"), this.members.map((m) => this.row(m)));
  }

  row(member) {
    const here = this.over ? "" : text(member.here ? "panel.here" : "panel.away");
    const words = [member.leads ? text("panel.leads") : "", here].filter(Boolean).join(" · ");
    const may = !member.leads && this.changes;
    return make("li", { data: { key: member.account_id, here: String(member.here) } },
      make("bdi", {}, member.login), " ", make("small", { className: "muted" }, words),
      ...(may ? [make("span", { className: "actions" },
        this.button(text("panel.hand_on"), member, () => call("PUT", `${setup.panel.url}/leader`, { account_id: member.account_id })),
        this.button(text("panel.remove"), member, () => call("DELETE", `${setup.panel.url}/${member.account_id}`)))] : []));
  }

  button(label, member, work) {
    const button = make("button", { type: "button", className: "quiet", attrs: { "aria-label": `${label}: ${member.login}` } }, label);
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        this.take(await work());
        tell(find("panel-message"), "");
      } catch (error) {
        if (!(error instanceof Refusal || error instanceof TypeError)) throw error;
        tell(find("panel-message"), sentence(error));
      } finally {
        button.disabled = false;
      }
    });
    return button;
  }
}
