// Plays the reader's own copy of the recording at the moment of a link. The file stays in this browser.
(function () {
  "use strict";
  var sheet = document.getElementById("player");
  if (!sheet) { return; }
  sheet.hidden = false;
  var video = document.getElementById("player-video");
  var dock = document.getElementById("player-dock");
  var state = document.getElementById("player-state");
  var pickers = Array.prototype.slice.call(sheet.querySelectorAll("input[type=file]"));
  var urls = new Map();
  var current = null;

  function holder(seconds) {
    var found = pickers[0];
    pickers.forEach(function (p) { if (Number(p.dataset.start) <= seconds) { found = p; } });
    return found;
  }
  function load(picker) {
    if (current === picker) { return; }
    current = picker;
    video.src = urls.get(picker);
    dock.hidden = false;
  }
  function play(seconds, label) {
    var picker = holder(seconds);
    if (!urls.has(picker)) { return false; }
    load(picker);
    video.currentTime = Math.max(0, seconds - Number(picker.dataset.start));
    video.play().catch(function () { video.controls = true; });
    state.textContent = state.dataset.playing.replace("%s", label);
    return true;
  }
  pickers.forEach(function (picker) {
    picker.addEventListener("change", function () {
      if (urls.has(picker)) { URL.revokeObjectURL(urls.get(picker)); urls.delete(picker); }
      if (current === picker) { current = null; }
      if (!picker.files.length) { return; }
      urls.set(picker, URL.createObjectURL(picker.files[0]));
      state.textContent = "";
      load(picker);
    });
  });
  video.addEventListener("error", function () { state.textContent = state.dataset.unreadable; });
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-t]");
    if (!link) { return; }
    if (play(Number(link.dataset.t), link.textContent)) { event.preventDefault(); return; }
    if (urls.size) { state.textContent = state.dataset.missing; }
  });
  function follow() {
    var moment = /^#t=(\d+(?:\.\d+)?)$/.exec(decodeURIComponent(location.hash));
    if (moment) { play(Number(moment[1]), moment[1] + " s"); }
  }
  window.addEventListener("hashchange", follow);
})();
