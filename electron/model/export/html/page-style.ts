/** The page's looks: the app's own tokens, light and dark. */
export const pageStyle = `:root {
  color-scheme: light dark;
  --bg: #ffffff;
  --surface: #f5f6f8;
  --border: #cfd5dc;
  --text: #191d23;
  --muted: #59636e;
  --accent: #0a6e69;
  --danger: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #101418;
    --surface: #181d23;
    --border: #343c46;
    --text: #e7ebf0;
    --muted: #9aa5b1;
    --accent: #4cc9bf;
    --danger: #ff8a80;
  }
}
body {
  max-width: 1120px;
  margin: 0 auto;
  padding: 16px;
  background: var(--bg);
  color: var(--text);
  font: 14px / 20px system-ui, sans-serif;
  font-variant-numeric: tabular-nums;
}
h1 { margin: 0; font-size: 20px; line-height: 28px; }
h2 { margin: 0 0 8px; font-size: 16px; }
p { margin: 4px 0; }
.muted { color: var(--muted); }
main { display: grid; grid-template-columns: minmax(320px, 1fr) minmax(280px, 460px); gap: 16px; align-items: start; margin: 16px 0; }
@media (max-width: 760px) { main { grid-template-columns: 1fr; } }
section { padding: 12px; border: 1px solid var(--border); border-radius: 6px; background: var(--surface); }
.side { display: flex; flex-direction: column; gap: 16px; }
#map { width: 100%; height: auto; border: 1px solid var(--border); background: var(--bg); cursor: crosshair; touch-action: none; }
#pad { width: 168px; height: auto; border: 1px solid var(--border); cursor: crosshair; touch-action: none; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.picture { max-width: 100%; image-rendering: pixelated; border: 1px solid var(--border); }
#sliders { display: grid; gap: 4px; margin-top: 8px; }
#sliders label { display: grid; grid-template-columns: 56px 1fr 64px; gap: 8px; align-items: center; }
#sliders span { text-align: right; }
input[type='range'] { width: 100%; accent-color: var(--accent); }
ul { display: flex; flex-wrap: wrap; gap: 4px 12px; margin: 8px 0 0; padding: 0; list-style: none; }
li svg { width: 10px; height: 10px; margin-right: 4px; }
.draw { display: flex; flex-wrap: wrap; gap: 12px; align-items: start; }
figure { margin: 0; }
button, input[type='file'] { font: inherit; }
`;
