/** The SDK would log whole requests and answers at debug level; what matters of them is in its errors. */
const nothing = (): void => undefined;

export const silent = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  setName: nothing,
  getLevel: () => "error" as never,
};
