"use strict";
document.documentElement.classList.add("scripted");

// Values of data points: shown at once instead of after the browser's delay.
(() => {
  const tip = document.getElementById("tip");
  for (const group of document.querySelectorAll("figure svg .tip")) {
    const title = group.querySelector("title");
    if (!title) continue;
    const text = title.textContent;
    title.remove();
    group.setAttribute("aria-label", text);
    const show = (event) => {
      tip.textContent = text;
      tip.hidden = false;
      const box = tip.getBoundingClientRect();
      const x = Math.min(event.clientX + 12, innerWidth - box.width - 6);
      const y = event.clientY - box.height - 12;
      tip.style.left = Math.max(6, x) + "px";
      tip.style.top = (y < 6 ? event.clientY + 18 : y) + "px";
    };
    group.addEventListener("pointerenter", show);
    group.addEventListener("pointermove", show);
    group.addEventListener("pointerleave", () => { tip.hidden = true; });
  }
})();

// The map of one sample.
(() => {
  const source = document.getElementById("map-data");
  if (!source) return;
  const data = JSON.parse(source.textContent);
  const $ = (id) => document.getElementById(id);
  const canvas = $("map"), slider = $("map-sample"), pointMenu = $("map-point"), fieldMenu = $("map-field");

  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const floats = (text) => {
    const view = new DataView(bytes(text).buffer);
    return Float32Array.from({ length: view.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
  };
  const colors = { sequential: bytes(data.colors.sequential), diverging: bytes(data.colors.diverging) };
  const places = data.places.map((place) => {
    const xy = floats(place.xy), n = place.sites.length;
    const x = xy.subarray(0, n), y = xy.subarray(n);
    let [xLo, xHi, yLo, yHi] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < n; i++) {
      xLo = Math.min(xLo, x[i]); xHi = Math.max(xHi, x[i]);
      yLo = Math.min(yLo, y[i]); yHi = Math.max(yHi, y[i]);
    }
    const half = place.spacing / 2;
    return { ...place, n, x, y, xLo: xLo - half, xHi: xHi + half, yLo: yLo - half, yHi: yHi + half };
  });
  const decoded = new Map();
  const values = (point, field) => {
    const key = point + "/" + field;
    if (!decoded.has(key)) decoded.set(key, floats(data.points[point].fields[field]));
    return decoded.get(key);
  };
  const scale = (point, field) => {
    const finite = values(point, field).filter(Number.isFinite);
    if (data.fields[field].diverging) {
      const sizes = finite.map(Math.abs).sort();
      const reach = sizes[Math.ceil(0.99 * (sizes.length - 1))] || 1;
      return { lo: -reach, hi: reach, map: colors.diverging };
    }
    let [lo, hi] = [Infinity, -Infinity];
    for (const v of finite) { lo = Math.min(lo, v); hi = Math.max(hi, v); }
    return lo < hi ? { lo, hi, map: colors.sequential } : { lo: 0, hi: 1, map: colors.sequential };
  };
  const shade = (v, s) => {
    if (!Number.isFinite(v)) return null;
    const i = 3 * Math.round(255 * Math.min(1, Math.max(0, (v - s.lo) / (s.hi - s.lo))));
    return [s.map[i], s.map[i + 1], s.map[i + 2]];
  };
  const number = (v) => {
    if (!Number.isFinite(v)) return "\u2013";
    const text = v !== 0 && (Math.abs(v) < 1e-3 || Math.abs(v) >= 1e5) ? v.toExponential(3) : String(+v.toPrecision(4));
    const raised = (power) => [...power].map((c) => (c === "-" ? "\u207b" : "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[c])).join("");
    return text.replace("e+", "e").replace(/e(-?\d+)/, (_, power) => "\u00d710" + raised(power)).replaceAll("-", "\u2212");
  };
  const unit = (text) => (text && text !== "1" ? " " + text.replace("^2", "\u00b2") : "");

  let site = -1;
  const state = () => {
    const point = +pointMenu.value, field = +fieldMenu.value, sample = +slider.value;
    return { point, field, sample, place: places[data.points[point].place] };
  };

  // Pixels per lattice constant and margins; the map keeps its shape.
  const layout = (place) => {
    const margin = { left: 42, right: 8, top: 6, bottom: 34 };
    const width = canvas.clientWidth || 600;
    const [w, h] = [place.xHi - place.xLo, place.yHi - place.yLo];
    const zoom = Math.min((width - margin.left - margin.right) / w, 520 / h);
    return { margin, zoom, width, height: h * zoom + margin.top + margin.bottom };
  };
  const ticks = (lo, hi, count) => {
    const raw = (hi - lo) / count, power = 10 ** Math.floor(Math.log10(raw));
    const step = power * ([1, 2, 5, 10].find((m) => m * power >= raw) || 10);
    const list = [];
    for (let v = Math.ceil(lo / step) * step; v <= hi; v += step) list.push(+v.toPrecision(6));
    return list;
  };

  const draw = () => {
    const { point, field, sample, place } = state();
    const s = scale(point, field);
    const v = values(point, field).subarray(sample * place.n, (sample + 1) * place.n);
    const { margin, zoom, width, height } = layout(place);
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = height + "px";
    const g = canvas.getContext("2d");
    g.scale(ratio, ratio);
    const style = getComputedStyle(document.body);
    const ink = style.color;
    const X = (x) => margin.left + (x - place.xLo) * zoom, Y = (y) => margin.top + (place.yHi - y) * zoom;

    if (place.grid) {
      const columns = Math.round((place.xHi - place.xLo) / place.spacing);
      const rows = Math.round((place.yHi - place.yLo) / place.spacing);
      const image = new ImageData(columns, rows);
      for (let i = 0; i < place.n; i++) {
        const color = shade(v[i], s);
        if (!color) continue;
        const c = Math.floor((place.x[i] - place.xLo) / place.spacing), r = Math.floor((place.yHi - place.y[i]) / place.spacing);
        image.data.set([...color, 255], 4 * (r * columns + c));
      }
      const small = document.createElement("canvas");
      small.width = columns; small.height = rows;
      small.getContext("2d").putImageData(image, 0, 0);
      g.imageSmoothingEnabled = false;
      g.drawImage(small, X(place.xLo), Y(place.yHi), (place.xHi - place.xLo) * zoom, (place.yHi - place.yLo) * zoom);
    } else {
      for (let i = 0; i < place.n; i++) {
        const color = shade(v[i], s);
        if (!color) continue;
        g.fillStyle = `rgb(${color})`;
        g.beginPath();
        g.arc(X(place.x[i]), Y(place.y[i]), 0.56 * place.spacing * zoom, 0, 2 * Math.PI);
        g.fill();
      }
    }
    g.strokeStyle = g.fillStyle = ink;
    g.lineWidth = 1;
    g.strokeRect(X(place.xLo), Y(place.yHi), (place.xHi - place.xLo) * zoom, (place.yHi - place.yLo) * zoom);
    g.font = "12px " + style.fontFamily;
    g.textAlign = "center"; g.textBaseline = "top";
    for (const t of ticks(place.xLo, place.xHi, 6)) g.fillText(number(t), X(t), Y(place.yLo) + 4);
    g.fillText("x (a)", (X(place.xLo) + X(place.xHi)) / 2, Y(place.yLo) + 19);
    g.textAlign = "right"; g.textBaseline = "middle";
    for (const t of ticks(place.yLo, place.yHi, 4)) g.fillText(number(t), margin.left - 5, Y(t));
    g.textBaseline = "top";
    g.save();
    g.translate(1, (Y(place.yLo) + Y(place.yHi)) / 2);
    g.rotate(-Math.PI / 2);
    g.textAlign = "center";
    g.fillText("y (a)", 0, 0);
    g.restore();
    if (site >= 0 && site < place.n) {
      const r = Math.max(5, 0.7 * place.spacing * zoom);
      for (const [color, w] of [["#fff", 4], ["#000", 2]]) {
        g.strokeStyle = color; g.lineWidth = w;
        g.beginPath(); g.arc(X(place.x[site]), Y(place.y[site]), r, 0, 2 * Math.PI); g.stroke();
      }
    }

    const bar = $("map-bar"), b = bar.getContext("2d");
    bar.width = 256;
    for (let i = 0; i < 256; i++) {
      b.fillStyle = `rgb(${s.map[3 * i]},${s.map[3 * i + 1]},${s.map[3 * i + 2]})`;
      b.fillRect(i, 0, 1, bar.height);
    }
    $("map-lo").textContent = number(s.lo);
    $("map-hi").textContent = number(s.hi);
    const named = unit(data.fields[field].units).trim();
    $("map-unit").textContent = data.fields[field].label + (named ? ` (${named})` : "");
    const chosen = data.points[point];
    $("map-sample-name").textContent = "number " + chosen.samples[sample];
    canvas.setAttribute("aria-label", `Map of ${data.fields[field].label}, sample ${chosen.samples[sample]}`);
    slider.setAttribute("aria-valuetext", "sample " + chosen.samples[sample]);
    read();
  };

  const read = () => {
    const { point, sample, place } = state();
    const chosen = data.points[point];
    if (site < 0 || site >= place.n) {
      $("map-readout").textContent = "Point at a site to read its values." + (chosen.conductance[sample] ? ` This sample: ${chosen.conductance[sample]}.` : "");
      return;
    }
    const parts = data.fields.map((f, k) => {
      const v = values(point, k)[sample * place.n + site];
      return Number.isFinite(v) ? `${f.label} ${number(v)}${unit(f.units)}` : "";
    });
    const where = `Site ${place.sites[site]} at x = ${number(place.x[site])} a, y = ${number(place.y[site])} a`;
    $("map-readout").textContent = `${where}: ${parts.filter(Boolean).join(", ")}.`;
  };

  const nearest = (x, y, filter) => {
    const { place } = state();
    let best = -1, least = Infinity;
    for (let i = 0; i < place.n; i++) {
      if (filter && !filter(i)) continue;
      const d = (place.x[i] - x) ** 2 + (place.y[i] - y) ** 2;
      if (d < least) { least = d; best = i; }
    }
    return best;
  };
  const point = (event) => {
    const { place } = state(), { margin, zoom } = layout(place), box = canvas.getBoundingClientRect();
    const x = place.xLo + (event.clientX - box.left - margin.left) / zoom;
    const y = place.yHi - (event.clientY - box.top - margin.top) / zoom;
    const inside = x >= place.xLo && x <= place.xHi && y >= place.yLo && y <= place.yHi;
    const next = inside ? nearest(x, y) : -1;
    if (next !== site) { site = next; draw(); }
  };
  canvas.addEventListener("pointermove", point);
  canvas.addEventListener("pointerdown", point);
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const { place } = state();
    if (site < 0) {
      site = nearest((place.xLo + place.xHi) / 2, (place.yLo + place.yHi) / 2);
    } else {
      const [x, y] = [place.x[site], place.y[site]];
      const ahead = (i) => (place.x[i] - x) * step[0] + (place.y[i] - y) * step[1] > 0.4 * place.spacing;
      const next = nearest(x + step[0] * place.spacing, y + step[1] * place.spacing, ahead);
      if (next >= 0) site = next;
    }
    draw();
  });
  const choose = () => {
    slider.max = data.points[+pointMenu.value].samples.length - 1;
    if (site >= state().place.n) site = -1;
    draw();
  };
  pointMenu.addEventListener("change", choose);
  fieldMenu.addEventListener("change", draw);
  slider.addEventListener("input", draw);
  addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  if (data.fields.length > 1) fieldMenu.value = "1";
  choose();
})();
