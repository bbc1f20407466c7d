// The exam's calculator, without a page: exact decimal arithmetic over what was typed. Plus, minus and times are exact; a quotient and a root are
// rounded to DIGITS significant digits, half to even. The page is calculator.js.

const DIGITS = 20;
const SHOWN = 12; // of a fraction; a whole number shows every digit it has, up to DIGITS
const LONGEST = 120;
const LARGEST_EXPONENT = 400; // beyond this nobody reads a number

/** A refusal that the page has words for. */
export class Miscalculation extends Error {}

// — numbers: coefficient × 10^-scale, both exact

const ten = (power) => 10n ** BigInt(power);
const absolute = (n) => (n < 0n ? -n : n);
const digitsOf = (n) => absolute(n).toString().length;

function decimal(n, scale = 0) {
  while (scale > 0 && n % 10n === 0n) [n, scale] = [n / 10n, scale - 1];
  if (scale < 0) [n, scale] = [n * ten(-scale), 0];
  if (digitsOf(n) > LARGEST_EXPONENT || scale > LARGEST_EXPONENT) throw new Miscalculation("too_large");
  return { n, scale };
}

/** Read 12.50 as a number. */
export function number(text) {
  const [whole, fraction = ""] = text.split(".");
  return decimal(BigInt(whole + fraction || "0"), fraction.length);
}

const aligned = (a, b) => (a.scale < b.scale ? [a.n * ten(b.scale - a.scale), b.n, b.scale] : [a.n, b.n * ten(a.scale - b.scale), a.scale]);

const plus = (a, b) => {
  const [x, y, scale] = aligned(a, b);
  return decimal(x + y, scale);
};
const negative = (a) => decimal(-a.n, a.scale);
const times = (a, b) => decimal(a.n * b.n, a.scale + b.scale);
const hundredth = (a) => decimal(a.n, a.scale + 2);

function over(a, b) {
  if (b.n === 0n) throw new Miscalculation("by_zero");
  const extra = Math.max(0, DIGITS + 1 + digitsOf(b.n) - digitsOf(a.n));
  const [top, bottom] = [a.n * ten(extra), b.n];
  const sticky = top % bottom === 0n ? 0n : 1n; // what was cut off must not look like a tie
  const quotient = decimal((top / bottom) * 10n + (top < 0n !== bottom < 0n ? -sticky : sticky), a.scale - b.scale + extra + 1);
  return rounded(quotient, DIGITS);
}

function root(a) {
  if (a.n < 0n) throw new Miscalculation("root_of_negative");
  const scale = Math.max(2 * DIGITS, a.scale) + (Math.max(2 * DIGITS, a.scale) % 2) + 2;
  const whole = a.n * ten(scale - a.scale);
  const found = integerRoot(whole);
  return rounded(decimal(found * 10n + (found * found === whole ? 0n : 1n), scale / 2 + 1), DIGITS);
}

function integerRoot(n) {
  if (n < 2n) return n;
  let guess = ten(Math.ceil(digitsOf(n) / 2));
  for (;;) {
    const next = (guess + n / guess) / 2n;
    if (next >= guess) return guess;
    guess = next;
  }
}

function rounded(a, digits) {
  const spare = digitsOf(a.n) - digits;
  if (spare <= 0) return a;
  const unit = ten(spare);
  const sign = a.n < 0n ? -1n : 1n;
  const whole = absolute(a.n) / unit;
  const rest = (absolute(a.n) % unit) * 2n;
  const up = rest > unit || (rest === unit && whole % 2n === 1n) ? 1n : 0n;
  return decimal(sign * (whole + up), a.scale - spare);
}

/** Write a number as a calculator shows it: SHOWN digits, and 1.5 × 10^20 where that is not enough. */
export function shown(value) {
  const whole = value.scale === 0 && digitsOf(value.n) <= DIGITS;
  const { n, scale } = whole ? value : rounded(value, SHOWN);
  const sign = n < 0n ? "−" : "";
  const digits = absolute(n).toString();
  const exponent = digits.length - 1 - scale;
  if (exponent >= DIGITS || exponent < -SHOWN) {
    const fraction = digits.slice(1).replace(/0+$/, "");
    return `${sign}${digits[0]}${fraction && `.${fraction}`} × 10^${exponent < 0 ? "−" : ""}${Math.abs(exponent)}`;
  }
  const padded = digits.padStart(scale + 1, "0");
  const fraction = padded.slice(padded.length - scale);
  return `${sign}${padded.slice(0, padded.length - scale)}${fraction && `.${fraction}`}`;
}

// — what is typed

const SAME = { "*": "×", x: "×", X: "×", "/": "÷", ":": "÷", "-": "−", "–": "−", ",": "." };

/** Write what came from a keyboard in the calculator's signs, and leave out what it does not know. */
export function tidy(text) {
  return [...text]
    .map((sign) => SAME[sign] ?? devanagari(sign) ?? sign)
    .filter((sign) => /[0-9.+−×÷()%√ ]/.test(sign))
    .join("")
    .slice(0, LONGEST);
}

function devanagari(sign) {
  const place = "०१२३४५६७८९".indexOf(sign);
  return place < 0 ? undefined : `${place}`;
}

function tokens(text) {
  const found = tidy(text).match(/\d+\.?\d*|\.\d+|[+−×÷()%√]|\./g) ?? [];
  if (found.includes(".")) throw new Miscalculation("unclear");
  return found;
}

// — what it comes to: sum = product {(+|−) product}; product = factor {(×|÷) factor | factor directly}; factor = (−|+|√) factor | primary {%}

/** Return the value of what was typed; throws a Miscalculation. */
export function valueOf(text) {
  const reader = { tokens: tokens(text), at: 0 };
  if (reader.tokens.length === 0) throw new Miscalculation("empty");
  const { value } = sum(reader);
  if (reader.at < reader.tokens.length) throw new Miscalculation("unclear");
  return value;
}

const peek = (reader) => reader.tokens[reader.at];
const take = (reader) => reader.tokens[reader.at++];

function sum(reader) {
  let left = product(reader);
  while (["+", "−"].includes(peek(reader))) {
    const minus = take(reader) === "−";
    const right = product(reader);
    const amount = right.percent ? times(left.value, right.value) : right.value; // 200 + 10 % is 220, as on every pocket calculator
    left = { value: plus(left.value, minus ? negative(amount) : amount), percent: false };
  }
  return left;
}

function product(reader) {
  let left = factor(reader);
  for (;;) {
    const next = peek(reader);
    if (next === "×" || next === "÷") {
      take(reader);
      const right = factor(reader);
      left = { value: next === "×" ? times(left.value, right.value) : over(left.value, right.value), percent: false };
    } else if (next === "(" || next === "√") {
      left = { value: times(left.value, factor(reader).value), percent: false }; // 2(3 + 4), 2√9
    } else return left;
  }
}

function factor(reader) {
  const next = peek(reader);
  if (next === "−" || next === "+") {
    take(reader);
    const { value, percent } = factor(reader);
    return { value: next === "−" ? negative(value) : value, percent };
  }
  if (next === "√") {
    take(reader);
    return { value: root(factor(reader).value), percent: false };
  }
  return percented(reader, primary(reader));
}

function percented(reader, value) {
  let percent = false;
  while (peek(reader) === "%") {
    take(reader);
    [value, percent] = [hundredth(value), true];
  }
  return { value, percent };
}

function primary(reader) {
  const token = take(reader);
  if (token === "(") {
    const { value } = sum(reader);
    if (peek(reader) === ")") take(reader); // a bracket that is still open at the end closes there
    else if (reader.at < reader.tokens.length) throw new Miscalculation("unclear");
    return value;
  }
  if (token === undefined || !/\d/.test(token)) throw new Miscalculation("unclear");
  return number(token);
}

// — the keys. A state is {text, at, result, problem, memory}: what is typed and where the caret is, what it came to, what is kept.

export const EMPTY = Object.freeze({ text: "", at: 0, result: null, problem: null, memory: null });

/** Take over what was typed in the field. */
export function typed(state, text, at = text.length) {
  const clean = tidy(text);
  return { ...state, text: clean, at: Math.min(tidy(text.slice(0, at)).length, clean.length), result: null, problem: null };
}

/** Press one key: a sign, "=", "clear", "back", "M+", "M−", "MR" or "MC". */
export function press(state, key) {
  switch (key) {
    case "clear":
      return { ...EMPTY, memory: state.memory };
    case "back":
      return state.at === 0 ? state : { ...typed(state, state.text.slice(0, state.at - 1) + state.text.slice(state.at)), at: state.at - 1 };
    case "=":
      return reckoned(state);
    case "M+":
    case "M−":
      return memorised(state, key === "M+" ? 1 : -1);
    case "MC":
      return { ...state, memory: null };
    case "MR":
      return state.memory === null ? state : inserted(state, plain(state.memory));
    default:
      return inserted(state, key);
  }
}

function inserted(state, sign) {
  const goesOn = /^[+−×÷%]/.test(sign);
  const base = state.result === null ? state : { ...state, text: goesOn ? plain(state.result) : "", at: Infinity };
  const at = Math.min(base.at, base.text.length);
  const text = (base.text.slice(0, at) + sign + base.text.slice(at)).slice(0, LONGEST);
  return { ...base, text, at: Math.min(at + sign.length, text.length), result: null, problem: null };
}

/** Write a value so that it can be read back; a negative one in brackets. */
function plain({ n, scale }) {
  const digits = absolute(n).toString().padStart(scale + 1, "0");
  const text = scale ? `${digits.slice(0, -scale)}.${digits.slice(-scale)}` : digits;
  return n < 0n ? `(−${text})` : text;
}

function reckoned(state) {
  try {
    return { ...state, result: valueOf(state.text), problem: null };
  } catch (problem) {
    if (problem instanceof Miscalculation) return { ...state, result: null, problem: problem.message };
    throw problem;
  }
}

function memorised(state, sign) {
  const known = state.result === null ? reckoned(state) : state;
  if (known.result === null) return known;
  const amount = sign < 0 ? negative(known.result) : known.result;
  return { ...known, memory: state.memory === null ? amount : plus(state.memory, amount) };
}
