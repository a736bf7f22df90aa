// The explorer of the chapter "Vanishing and exploding gradients". A layer of H units with one input reads T numbers;
// shown is how much longer or shorter d h_T / d h_{T-k} makes a gradient. All of it is computed here, in the reader's
// browser, as solutions/vanishing.py computes it: tests/test_explorer.py compares the two.

// ---- the numbers

const logistic = (x) => 1 / (1 + Math.exp(-x));
const density = (x) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const probability = (x) => (1 + erf(x / Math.SQRT2)) / 2;

/** erf by a series of positive terms: 2/√π e^(−x²) Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)). */
function erf(x) {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x, total = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

const twoSlopes = (below) => ({
  theta: (x) => (x < 0 ? below * x : x),
  slope: (x) => (x < 0 ? below : 1),
  bound: 1,
});

/** What solutions/activations.py holds, with alpha = 1 for ELU and 0.25 for PReLU. */
export const ACTIVATIONS = {
  linear: { theta: (x) => x, slope: () => 1, bound: 1 },
  logistic: { theta: logistic, slope: (x) => logistic(x) * logistic(-x), bound: 1 / 4 },
  tanh: { theta: Math.tanh, slope: (x) => 1 - Math.tanh(x) ** 2, bound: 1 },
  ReLU: { theta: (x) => Math.max(x, 0), slope: (x) => (x > 0 ? 1 : 0), bound: 1 },
  GELU: {
    theta: (x) => x * probability(x),
    slope: (x) => probability(x) + x * density(x),
    bound: probability(Math.SQRT2) + Math.SQRT2 * density(Math.SQRT2),
  },
  softplus: {
    theta: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    slope: logistic,
    bound: 1,
  },
  ELU: {
    theta: (x) => (x > 0 ? x : Math.expm1(x)),
    slope: (x) => (x > 0 ? 1 : Math.exp(x)),
    bound: 1,
  },
  "leaky ReLU": twoSlopes(0.01),
  PReLU: twoSlopes(0.25),
};

/** A B for lists of rows. Plain loops: this is where the time goes. */
function product(A, B) {
  return A.map((row) => {
    const sums = new Array(B[0].length).fill(0);
    for (let i = 0; i < B.length; i++) {
      for (let j = 0; j < sums.length; j++) sums[j] += row[i] * B[i][j];
    }
    return sums;
  });
}

/** theta'(z_t) of every unit at every step, from rest. */
function slopes({ U, w, x }, { theta, slope }, { rho, scale, T }) {
  let h = w.map(() => 0);
  return x.slice(0, T).map((x_t) => {
    const z = U.map((row, i) => row.reduce((sum, u, j) => sum + rho * u * h[j], scale * w[i] * x_t));
    h = z.map(theta);
    return z.map(slope);
  });
}

/**
 * For k = 0 to T: the root mean square of the singular values of d h_T / d h_{T-k}, what it would be without theta and
 * if W_h were a rotation (rho^k), and the bound (gamma times the largest singular value)^k.
 */
export function curves(network, settings) {
  const { rho, T } = settings;
  const activation = ACTIVATIONS[settings.activation];
  const H = network.U.length;
  let J = network.U.map((_, i) => network.U.map((_, j) => (i === j ? 1 : 0)));
  const measured = [1];
  for (const slope of slopes(network, activation, settings).reverse()) {
    J = product(J, network.U.map((row, i) => row.map((u) => slope[i] * rho * u)));
    measured.push(Math.sqrt(J.flat().reduce((sum, entry) => sum + entry ** 2, 0) / H));
  }
  const power = (base) => measured.map((_, k) => base ** k);
  return { measured, radius: power(rho), bound: power(activation.bound * network.largest * rho) };
}

// ---- the words

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const raised = (n) => (n < 0 ? "⁻" : "") + [...String(Math.abs(n))].map((digit) => SUPERSCRIPTS[digit]).join("");

/** A number with two digits that count. */
export function say(number) {
  if (number === 0) return "0";
  const [digits, exponent] = number.toExponential(1).split("e").map(Number);
  if (exponent >= -3 && exponent <= 3) return String(Number(number.toPrecision(2)));
  return `${digits} × 10${raised(exponent)}`;
}

/** One sentence for what happened, one for what the spectral radius alone would have made of it. */
export function sentences({ measured, radius }, { rho, T }) {
  const last = measured[T];
  const what =
    last < 0.1 ? `only ${say(last)} of the gradient is left: it vanishes`
    : last > 10 ? `the gradient is ${say(last)} times as long: it explodes`
    : `the gradient is ${say(last)} times as long: it neither vanishes nor explodes`;
  return `${T} steps back ${what}. That is a factor of ${(last ** (1 / T)).toFixed(2)} a step, where ρ is ${rho.toFixed(2)}.`;
}

// ---- the picture

const TOP = 8; // powers of ten, up and down
const HEIGHT = 320;
const MARGIN = { left: 46, right: 12, top: 10, bottom: 44 };

/** The inside of an SVG, `width` pixels wide. */
export function chart({ measured, radius, bound }, { T }, width) {
  const right = width - MARGIN.right, floor = HEIGHT - MARGIN.bottom;
  const across = (k) => MARGIN.left + (k / T) * (right - MARGIN.left);
  const up = (power) => MARGIN.top + ((TOP - power) / (2 * TOP)) * (floor - MARGIN.top);
  const height = (y) => up(Math.max(Math.min(Math.log10(y), 99), -99)).toFixed(1);
  const line = (values, kind) =>
    `<polyline class="${kind}" points="${values.map((y, k) => `${across(k).toFixed(1)},${height(y)}`).join(" ")}"/>`;
  const rows = [-8, -4, 0, 4, 8].map(
    (power) =>
      `<line class="${power ? "grid" : "one"}" x1="${MARGIN.left}" x2="${right}" y1="${up(power)}" y2="${up(power)}"/>` +
      `<text x="${MARGIN.left - 8}" y="${up(power) + 4}" text-anchor="end">${power ? `10${raised(power)}` : "1"}</text>`,
  );
  const step = T > 50 ? 20 : T > 20 ? 10 : 5;
  const columns = Array.from({ length: Math.floor(T / step) + 1 }, (_, i) => i * step).map(
    (k) =>
      `<line class="tick" x1="${across(k)}" x2="${across(k)}" y1="${floor}" y2="${floor + 4}"/>` +
      `<text x="${across(k)}" y="${floor + 18}" text-anchor="middle">${k}</text>`,
  );
  return (
    `<clipPath id="explorer-frame"><rect x="${MARGIN.left}" y="${MARGIN.top}" ` +
    `width="${right - MARGIN.left + 2}" height="${floor - MARGIN.top}"/></clipPath>` +
    rows.join("") + columns.join("") +
    `<text x="${(MARGIN.left + right) / 2}" y="${HEIGHT - 6}" text-anchor="middle">k, steps back in time</text>` +
    `<g clip-path="url(#explorer-frame)">${line(bound, "bound")}${line(radius, "radius")}${line(measured, "measured")}</g>`
  );
}

// ---- the page

function start(box) {
  const networks = JSON.parse(box.querySelector("script[type='application/json']").textContent);
  const svg = box.querySelector("svg"), words = box.querySelector("p[aria-live]");
  const control = Object.fromEntries([...box.querySelectorAll("select, input")].map((each) => [each.name, each]));
  const read = () => ({
    activation: control.activation.value,
    rho: Number(control.rho.value),
    scale: Number(control.scale.value),
    T: Number(control.T.value),
  });

  function draw() {
    const settings = read();
    const { w, x, matrices } = networks;
    const found = curves({ w, x, ...matrices[control.matrix.value] }, settings);
    const width = svg.clientWidth || 640;
    svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    svg.innerHTML = chart(found, settings, width);
    words.textContent = sentences(found, settings);
    for (const shown of box.querySelectorAll("output")) {
      shown.value = control[shown.htmlFor.value.replace("explorer-", "")].value;
    }
  }

  box.hidden = false;
  box.addEventListener("input", draw);
  new ResizeObserver(draw).observe(svg); // which also draws for the first time
}

if (globalThis.document) document.querySelectorAll(".explorer").forEach(start);
