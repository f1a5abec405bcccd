/** The same server and login, another database. */
export function databaseAt(url: string, name: string): string {
  const address = new URL(url)
  address.pathname = `/${name}`
  return address.href
}

/** Seals everything in the tests' databases. */
export const testMasterKey = `test:${Buffer.alloc(32, 7).toString('base64')}`
