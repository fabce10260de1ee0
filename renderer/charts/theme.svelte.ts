import type { Theme as ThemeChoice } from '../../electron/contract/settings.ts';

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
const contrast = window.matchMedia('(prefers-contrast: more)');
const forced = window.matchMedia('(forced-colors: active)');

function readColours(): ThemeColours {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => asHex(style.getPropertyValue(`--${name}`).trim());
  return {
    bg: token('bg'),
    text: token('text'),
    muted: token('muted'),
    border: token('grid'),
    surface: token('surface'),
    accent: token('accent'),
    training: token('training'),
    validation: token('validation'),
    batch: token('batch'),
    font: getComputedStyle(document.body).fontFamily,
  };
}

/** Tokens are "#rrggbb", but where the system's colours take their place: those have names, and the page knows what they are. */
function asHex(colour: string): string {
  if (colour.startsWith('#')) return colour;
  const probe = document.createElement('span');
  probe.style.cssText = `forced-color-adjust: none; color: ${colour}`;
  document.documentElement.append(probe);
  const [red = 0, green = 0, blue = 0] = getComputedStyle(probe).color.match(/\d+/g)?.map(Number) ?? [];
  probe.remove();
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
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

/** The light or the dark of the style sheet, as chosen or as the system has it, and its tokens for what is drawn on a canvas. */
class Theme {
  colours = $state.raw(readColours());
  #choice: ThemeChoice = 'system';

  constructor() {
    dark.addEventListener('change', () => this.#apply());
    // More contrast, or the system's own colours, change tokens too.
    contrast.addEventListener('change', () => this.#apply());
    forced.addEventListener('change', () => this.#apply());
    this.#apply();
  }

  choose(choice: ThemeChoice): void {
    if (choice === this.#choice) return;
    this.#choice = choice;
    this.#apply();
  }

  #apply(): void {
    const system = dark.matches ? 'dark' : 'light';
    document.documentElement.dataset['theme'] = this.#choice === 'system' || forced.matches ? system : this.#choice;
    this.colours = readColours();
  }
}

export const theme = new Theme();
