/** The page's own look: the app's tokens, light or dark as the reader's system is. */
export const reportStyle = `
:root { color-scheme: light dark; --bg: #ffffff; --surface: #f5f6f8; --border: #cfd5dc; --text: #191d23; --muted: #59636e;
  --training: #59636e; --validation: #0a6e69; --reference: #8a5a00;
  --normal: #3f6fb5; --odd: #c25a12; --unknown: #9aa3ad; }
@media (prefers-color-scheme: dark) { :root { --bg: #101418; --surface: #181d23; --border: #343c46; --text: #e7ebf0;
  --muted: #9aa5b1; --training: #9aa5b1; --validation: #4cc9bf; --reference: #e8b44c;
  --normal: #7ea6e0; --odd: #f0935a; --unknown: #6f7a86; } }
body { margin: 0 auto; padding: 24px; max-width: 980px; background: var(--bg); color: var(--text);
  font: 14px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: 22px; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 32px 0 8px; }
p { margin: 4px 0; }
.muted, figcaption { color: var(--muted); font-size: 12px; }
.notes { white-space: pre-wrap; overflow-wrap: anywhere; }
.missing { border-left: 3px solid var(--reference); padding-left: 8px; }
.side { display: flex; flex-wrap: wrap; gap: 16px; }
.side > * { flex: 1 1 380px; min-width: 0; }
figure { margin: 0 0 12px; }
svg { width: 100%; background: var(--surface); border: 1px solid var(--border); border-radius: 6px; }
svg text { fill: var(--muted); font-size: 11px; }
svg text.class { fill: var(--text); font-size: 16px; font-weight: 700; paint-order: stroke; stroke: var(--surface); stroke-width: 5px; stroke-linejoin: round; }
rect.normal { fill: var(--normal); } rect.odd { fill: var(--odd); } rect.unknown { fill: var(--unknown); }
.threshold { stroke: var(--text); stroke-width: 2; stroke-dasharray: 5 3; }
.patch { display: inline-block; width: 10px; height: 10px; margin: 0 4px 0 12px; }
.patch.normal { background: var(--normal); } .patch.odd { background: var(--odd); } .patch.unknown { background: var(--unknown); }
.patch.threshold { width: 0; border-left: 2px dashed var(--text); }
.rule { stroke: var(--border); }
path.training, path.validation, path.reference { fill: none; stroke-width: 2; }
path.training { stroke: var(--training); } path.validation { stroke: var(--validation); }
path.reference { stroke: var(--reference); stroke-dasharray: 6 4; }
circle.training { fill: var(--training); } circle.validation { fill: var(--validation); } circle.reference { fill: var(--reference); }
.dots { fill: none; stroke-width: 3; stroke-linecap: round; }
.key { display: inline-block; width: 20px; height: 0; border-top: 2px solid; margin: 0 4px 3px 12px; }
.key.training { border-color: var(--training); } .key.validation { border-color: var(--validation); }
.key.reference { border-color: var(--reference); border-top-style: dashed; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: 3px 12px 3px 0; text-align: right; border-bottom: 1px solid var(--border); white-space: nowrap; }
th:first-child { text-align: left; font-weight: 400; color: var(--muted); }
thead th { color: var(--muted); font-weight: 400; font-size: 12px; }
#odd-groups { margin-top: 12px; }
#odd-groups td:nth-child(2), #odd-groups th { text-align: left; }
#settings td, #settings th { text-align: left; } #settings td { white-space: normal; overflow-wrap: anywhere; }
#pictures td, #pictures th { padding: 2px 4px 2px 0; border: 0; text-align: center; }
#pictures th { text-align: left; padding-right: 8px; }
img { width: 56px; image-rendering: pixelated; border: 1px solid var(--border); vertical-align: middle; }
@media print { body { max-width: none; } svg { break-inside: avoid; } }
`;
