/** A change of one source file. `find` occurs in it exactly once; more lines of it where one alone would not be unique. */
export interface Patch {
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** The tests that have to fail while a bug is planted. */
export interface Proof {
  readonly project: 'packages' | 'server'
  readonly files: readonly string[]
  /** Only the tests whose names match; all of the files when absent. */
  readonly names?: string
}

/** A bug that somebody could well have written, planted to see whether it is noticed. Never a switch in the product. */
export interface Bug {
  /** Its number in the list of bugs to plant; see docs/bug-bank.md. */
  readonly id: number
  readonly name: string
  readonly patches: readonly Patch[]
  /** Random runs of the simulated world are to meet it. Otherwise, and where they do not, `proof` has to fail. */
  readonly simulated?: true
  readonly proof: Proof
}

const core = 'packages/core/src'
const server = 'apps/server/src'
export const at = {
  domain: (file: string) => `${core}/domain/${file}.ts`,
  engine: (file: string) => `${core}/engine/${file}.ts`,
  adapterKit: (file: string) => `${core}/adapter/${file}.ts`,
  server: (file: string) => `${server}/${file}.ts`,
}

/** A test of the packages: `domain/pin`, `engine/story`. */
export const coreTest = (files: string, names?: string): Proof => ({
  project: 'packages',
  files: files.split(' ').map((file) => `packages/core/test/${file}.test.ts`),
  ...(names === undefined ? {} : { names }),
})

export const serverTest = (files: string, names?: string): Proof => ({
  project: 'server',
  files: files.split(' ').map((file) => `apps/server/test/${file}.test.ts`),
  ...(names === undefined ? {} : { names }),
})
