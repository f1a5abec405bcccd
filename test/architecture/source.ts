import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'

/** A file of the repository: its path from the root, with `/`, and its text. */
export interface Source {
  readonly path: string
  readonly text: string
}

export interface Import {
  /** As written: `./pin.ts`, `zod`, `node:crypto`. */
  readonly specifier: string
  /** Leaves nothing behind when the types are stripped. `import { type A }` does leave an import. */
  readonly typeOnly: boolean
}

export const root = join(import.meta.dirname, '../..')

const notOurs = new Set(['.git', '.pnpm-store', '.stayward', '.vitest', 'coverage', 'dist', 'node_modules'])

/** Every file that is, or would be, committed: from git where there is one, otherwise from the folders. */
export function repositoryFiles(): readonly string[] {
  try {
    const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
    const out = execFileSync('git', list, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return out.split('\0').filter((path) => path !== '' && existsSync(join(root, path)))
  } catch {
    // No git, no checkout (an archive), or one that belongs to somebody else: the folders say enough.
    return filesBelow('')
  }
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name)
    if (entry.isDirectory()) return notOurs.has(entry.name) ? [] : filesBelow(path)
    return entry.isFile() && !entry.name.endsWith('.tsbuildinfo') ? [path] : []
  })
}

export function readSource(path: string): Source {
  return { path, text: readFileSync(join(root, path), 'utf8') }
}

/** Everything that a file imports, re-exports, loads when asked, or names in a type, once per way. */
export function importsOf({ path, text }: Source): readonly Import[] {
  const found = new Map<string, Import>()
  const add = (specifier: string, typeOnly: boolean) => found.set(`${specifier} ${typeOnly}`, { specifier, typeOnly })
  const addLiteral = (node: unknown, typeOnly: boolean) => {
    if (isLiteral(node)) add(node.value, typeOnly)
  }
  new Visitor({
    ImportDeclaration: (node) => void add(node.source.value, node.importKind === 'type'),
    ExportAllDeclaration: (node) => void add(node.source.value, node.exportKind === 'type'),
    ExportNamedDeclaration: (node) => void (node.source && add(node.source.value, node.exportKind === 'type')),
    ImportExpression: (node) => addLiteral(node.source, false),
    TSImportType: (node) => addLiteral(node.source, true),
    TSExternalModuleReference: (node) => addLiteral(node.expression, false),
    CallExpression: (node) => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'require') addLiteral(node.arguments[0], false)
    },
  }).visit(programOf({ path, text }))
  return [...found.values()]
}

/** The syntax tree. Throws when the file does not parse: a rule must not pass because it could not read. */
export function programOf({ path, text }: Source) {
  const { program, errors } = parseSync(path, text)
  if (errors.length > 0) throw new SyntaxError(`${path}: ${errors.map(({ message }) => message).join('; ')}`)
  return program
}

/** Where a relative import leads, from the root of the repository; `undefined` for a package. */
export function targetOf(path: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined
}

/** The package of an import: `zod` of `zod/v4`, `@stayward/core` of `@stayward/core/adapter`. Not for `node:` and files. */
export function packageOf(specifier: string): string | undefined {
  if (/^(?:[./]|node:)/.test(specifier)) return undefined
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

function isLiteral(node: unknown): node is { readonly value: string } {
  return typeof node === 'object' && node !== null && 'value' in node && typeof node.value === 'string'
}
