// A sound or a film whose plays are counted, and end where the question says so. One play is from the beginning to the end; going back to the
// beginning is another one. What counts is question_rules.js.

import { beginPlay, jump } from "./question_rules.js";
import { changed, element, limit } from "./question_parts.js";

export function media(interaction, question) {
  const player = interaction.querySelector("audio, video");
  const counter = interaction.querySelector('[data-kind="plays"]');
  return player && counter ? new Plays(interaction, player, counter, question) : null;
}

class Plays {
  constructor(interaction, player, counter, question) {
    Object.assign(this, { player, counter, question, running: false, furthest: 0 });
    this.most = limit(counter, "max") ?? limit(interaction, "max") ?? 0;
    this.least = limit(counter, "min") ?? limit(interaction, "min") ?? 0;
    this.line = element("p", { class: "qti-hint", role: "status" });
    player.after(this.line);
    player.addEventListener("play", () => this.begin());
    player.addEventListener("ended", () => this.end());
    player.addEventListener("timeupdate", () => !player.seeking && (this.furthest = Math.max(this.furthest, player.currentTime)));
    player.addEventListener("seeking", () => this.seek());
    if ("autostart" in interaction.dataset || "autostart" in player.dataset) player.play().catch(() => {}); // a browser may want a press first
  }

  get plays() {
    return Number(this.counter.value) || 0;
  }

  begin() {
    const before = this.plays;
    const after = this.question.locked ? null : beginPlay({ plays: before, running: this.running }, this.most);
    if (!after) this.player.pause();
    else if (!this.running) {
      this.running = true;
      this.furthest = this.player.currentTime;
      this.counter.value = `${after.plays}`;
      changed(this.counter);
    }
    this.refresh();
  }

  end() {
    this.running = false;
    this.refresh();
  }

  seek() {
    const becomes = jump(this, this.player.currentTime, this.most);
    if (becomes === "stay") this.player.currentTime = this.furthest;
    else if (becomes === "anew") this.running = false;
  }

  refresh() {
    const { say } = this.question;
    const values = { n: this.plays, most: this.most, least: this.least };
    const key = this.most > 0 ? (this.plays >= this.most && !this.running ? "played_out" : "played_of") : this.plays < this.least ? "play_at_least" : "played";
    this.line.textContent = this.most > 0 || this.least > 0 || this.plays > 0 ? say(key, values) : "";
  }

  lock(locked) {
    if (locked) this.player.pause();
  }
}
