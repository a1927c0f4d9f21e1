import { $, element, setText, svg } from './dom.js';
import { clock, count } from './units.js';
import { word } from './words.js';

const series = ['starts', 'recoveries', 'lost'];
let drawn;

/** The bars of the last 24 hours: [beginning of the hour, starts, recoveries, lost leases]. */
export function drawActivity(chart = drawn) {
  drawn = chart;
  if (!chart) return;
  const { bars, since } = chart;
  const sum = ([, ...numbers]) => numbers.reduce((a, b) => a + b, 0);
  const most = Math.max(1, ...bars.map(sum));
  const totals = series.map((_, i) => bars.reduce((total, bar) => total + bar[i + 1], 0));

  setText($('activity-title'), since === null ? word('last24Hours') : word('since', clock(since)));
  $('activity-legend').replaceChildren(
    ...series.map((name, i) =>
      element('span', { class: `key ${name}` }, word(name), ' ', element('b', {}, count(totals[i]))),
    ),
  );
  const highest = bars.find((bar) => sum(bar) === most);
  setText($('activity-most'), highest ? word('most', count(most)) : '');
  $('activity-bars').setAttribute(
    'aria-label',
    highest ? word('activity', ...totals.map(count), count(most), clock(highest[0])) : word('activityNone'),
  );
  $('activity-bars').replaceChildren(...bars.map((bar, i) => drawBar(bar, i, most)));
  $('activity-hours').replaceChildren(
    ...[0, 6, 12, 18].map((i) => element('span', {}, clock(bars[i][0]))),
    element('span', {}, word('now')),
  );
}

/** One hour, its series one upon the other; the most there is takes 100. What is not nothing can be seen. */
function drawBar([hour, ...numbers], i, most) {
  const group = svg('g', {}, svg('title', {}, word('hour', clock(hour), ...numbers.map(count))));
  group.append(svg('rect', { x: i * 10, y: 0, width: 10, height: 100, class: 'hit' }));
  let top = 100;
  numbers.forEach((number, k) => {
    if (number === 0) return;
    const high = Math.max(2, (number / most) * 100);
    top -= high;
    group.append(svg('rect', { x: i * 10 + 0.8, y: Math.max(0, top), width: 8.4, height: high, class: series[k] }));
  });
  return group;
}
