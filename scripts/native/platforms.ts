/** A Python package's wheel that carries libtensorflow, pinned by hash. */
export interface WheelSource {
  readonly name: string;
  readonly version: string;
  readonly pythonVersion: string;
  readonly platformTag: string;
  readonly sha256: string;
  /** Size of the wheel itself, in bytes: the whole of the progress bar. */
  readonly bytes: number;
  /** Free space in bytes the step asks for: the unpacked libraries beside the wheel, or beside their stripped copies. */
  readonly bytesNeeded: number;
  /** Paths inside the wheel. */
  readonly main: string;
  readonly framework: string;
}

/** How one platform gets its TensorFlow. */
export interface PlatformRow {
  /** `process.platform`-`process.arch`. */
  readonly key: string;
  /** Whether the whole step has been run on this platform; the other rows were written from the packages' contents. */
  readonly run: boolean;
  /** Absent: no published wheel carries a library that tfjs-node can link with, so its own installer is used. */
  readonly wheel?: WheelSource;
  /** File names, best first, under which a folder named by the user may hold each library. */
  readonly mainNames: readonly string[];
  readonly frameworkNames: readonly string[];
  /** Names tfjs-node's binding.gyp links with. */
  readonly linkNames: { readonly main: string; readonly framework?: string };
  /** Whether debug symbols can be stripped without spoiling a code signature. */
  readonly strip: boolean;
}

/** Where the C API's headers lie in a wheel; of its 13,000 headers the binding includes fourteen. */
export const wheelHeaders = {
  root: 'tensorflow/include/',
  prefixes: ['tensorflow/c/', 'tensorflow/core/platform/ctstring', 'tsl/platform/ctstring', 'tsl/c/', 'xla/tsl/c/'],
} as const;

/** Texts that must stay with the library wherever it is copied. */
export const wheelLicences = ['tensorflow/include/LICENSE', 'tensorflow/THIRD_PARTY_NOTICES.txt'] as const;

const linux = {
  mainNames: ['libtensorflow.so', 'libtensorflow.so.2', 'libtensorflow_cc.so', 'libtensorflow_cc.so.2'],
  frameworkNames: ['libtensorflow_framework.so', 'libtensorflow_framework.so.2'],
  linkNames: { main: 'libtensorflow.so', framework: 'libtensorflow_framework.so' },
  strip: true,
} as const;

const mac = {
  mainNames: ['libtensorflow.2.dylib', 'libtensorflow.dylib', 'libtensorflow_cc.2.dylib'],
  frameworkNames: ['libtensorflow_framework.2.dylib', 'libtensorflow_framework.dylib'],
  linkNames: { main: 'libtensorflow.2.dylib', framework: 'libtensorflow_framework.2.dylib' },
  strip: false,
} as const;

const linuxWheel = {
  version: '2.21.0',
  pythonVersion: '3.11',
  main: 'tensorflow/libtensorflow_cc.so.2',
  framework: 'tensorflow/libtensorflow_framework.so.2',
} as const;

const macWheel = {
  pythonVersion: '3.11',
  main: 'tensorflow/libtensorflow_cc.2.dylib',
  framework: 'tensorflow/libtensorflow_framework.2.dylib',
} as const;

export const platformTable: readonly PlatformRow[] = [
  {
    key: 'linux-x64',
    run: true,
    ...linux,
    wheel: {
      ...linuxWheel,
      name: 'tensorflow-cpu',
      platformTag: 'manylinux_2_27_x86_64',
      sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
      bytes: 273_829_956,
      bytesNeeded: 1_600_000_000,
    },
  },
  {
    key: 'linux-arm64',
    run: false,
    ...linux,
    wheel: {
      ...linuxWheel,
      name: 'tensorflow',
      platformTag: 'manylinux_2_27_aarch64',
      sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
      bytes: 281_828_020,
      bytesNeeded: 1_700_000_000,
    },
  },
  {
    key: 'darwin-arm64',
    run: false,
    ...mac,
    wheel: {
      ...macWheel,
      name: 'tensorflow',
      version: '2.21.0',
      platformTag: 'macosx_12_0_arm64',
      sha256: '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88',
      bytes: 223_405_849,
      bytesNeeded: 1_000_000_000,
    },
  },
  {
    // 2.16.2 is the last TensorFlow published for Macs with Intel processors.
    key: 'darwin-x64',
    run: false,
    ...mac,
    wheel: {
      ...macWheel,
      name: 'tensorflow',
      version: '2.16.2',
      platformTag: 'macosx_10_15_x86_64',
      sha256: 'ec06570d57bfa0e2be804405e3cdc2960e94887e7619ffb6bc053e9775b695aa',
      bytes: 259_588_062,
      bytesNeeded: 1_000_000_000,
    },
  },
  {
    // The wheel for Windows has its C library folded into a Python extension, so it can't be used here.
    key: 'win32-x64',
    run: false,
    mainNames: ['tensorflow.dll'],
    frameworkNames: [],
    linkNames: { main: 'tensorflow.dll' },
    strip: false,
  },
];

/** The table's row for a platform, or undefined where TensorFlow is not published at all. */
export function platformRow(platform: string, arch: string): PlatformRow | undefined {
  return platformTable.find((row) => row.key === `${platform}-${arch}`);
}
