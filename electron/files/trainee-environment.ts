/** The environment of a Python that the app starts: the app's own, without what would have Python load other code than is installed, and without secrets. */
export function traineeEnvironment(own: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = Object.entries(own).filter(([name]) => !/^PYTHON|_TOKEN$/i.test(name));
  return { ...Object.fromEntries(kept), PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1' };
}
