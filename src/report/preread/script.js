"use strict";
(function () {
  var marks = JSON.parse(document.getElementById("confidences").textContent);
  var box = document.getElementById("sure");
  var slider = document.getElementById("how-sure");
  var says = document.getElementById("sure-says");
  var mark = document.getElementById("mark");
  if (!box || !marks.length) { return; }
  function show() {
    var one = marks[Number(slider.value)];
    says.textContent = one[2];
    slider.setAttribute("aria-valuetext", one[2]);
    if (mark) {
      mark.setAttribute("visibility", one[1] === null ? "hidden" : "visible");
      if (one[1] !== null) {
        mark.setAttribute("x1", one[1]);
        mark.setAttribute("x2", one[1]);
      }
    }
  }
  slider.max = String(marks.length - 1);
  var start = marks.findIndex(function (one) { return one[0] === 80; });
  slider.value = String(start === -1 ? marks.length - 1 : start);
  slider.addEventListener("input", show);
  box.hidden = false;
  show();
})();
