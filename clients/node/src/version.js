/** The extension's version: the functions of the database that this package calls are of the same one. */
export const version = '1.0.0';
