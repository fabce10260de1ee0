export interface ThemeColours {
  readonly bg: string;
  readonly text: string;
  readonly muted: string;
  readonly border: string;
  readonly surface: string;
  readonly accent: string;
  readonly training: string;
  readonly validation: string;
  readonly batch: string;
  readonly font: string;
}

const dark = window.matchMedia('(prefers-color-scheme: dark)');

function readColours(): ThemeColours {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    bg: token('bg'),
    text: token('text'),
    muted: token('muted'),
    border: token('border'),
    surface: token('surface'),
    accent: token('accent'),
    training: token('training'),
    validation: token('validation'),
    batch: token('batch'),
    font: getComputedStyle(document.body).fontFamily,
  };
}

/** The style sheet's tokens for what is drawn on a canvas; they follow the system's light and dark. */
class Theme {
  colours = $state.raw(readColours());

  constructor() {
    dark.addEventListener('change', () => (this.colours = readColours()));
  }
}

export const theme = new Theme();
