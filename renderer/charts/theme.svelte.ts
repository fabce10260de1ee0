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

/** Black on white whatever the window looks like, for pictures that leave it. */
export function lightColours(): ThemeColours {
  return {
    bg: '#ffffff',
    text: '#191d23',
    muted: '#59636e',
    border: '#cfd5dc',
    surface: '#f5f6f8',
    accent: '#0a6e69',
    training: '#3f90da',
    validation: '#c96f00',
    batch: '#94a4a2',
    font: theme.colours.font,
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
