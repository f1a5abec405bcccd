import type { Source } from './source.ts'

/** Texts that have no place in the repository. The patterns are written so that they do not find themselves. */
const unwanted: readonly { readonly what: string; readonly pattern: RegExp; readonly files?: RegExp }[] = [
  { what: 'a path of one machine', pattern: /(?<![\w.}/])\/(?:work|farm|root|home|tmp)\// },
  { what: "a package registry's host", pattern: /registry\.(?:npmjs\.org|yarnpkg\.com)|npm\.pkg\.github\.com/ },
  {
    what: 'a note that only its writer understands',
    pattern: /\bissues? #?\d+\b|\bsub-?agents?\b|\bthe brief\b|\bCEO\b/i,
  },
  {
    what: 'a document that is not here',
    pattern: /\b(?:design|examples|stack|invariants|queue)\.md\b/,
    files: /^(?!docs\/).*\.(?:ts|mjs|json|md)$/,
  },
  {
    what: 'a check that is skipped, focused or not written yet',
    pattern: /\b(?:it|test|describe)(?:\.\w+)*\.(?:skip\w*|only|todo|fails|runIf)\b/,
    files: /\.ts$/,
  },
  {
    // A table may be kept out of the formatter's hands; a lint rule that is wrong here is switched off for all.
    what: 'a silenced check',
    pattern: /@ts-(?:ignore|nocheck)|(?:oxlint|eslint)-disable|biome-ignor[e] (?!format: )/,
    files: /\.ts$/,
  },
  {
    what: 'unfinished work',
    pattern: /\bTOD[O]\b|\bFIXM[E]\b|\b[Nn]ot (?:yet )?implemented\b/,
    files: /\.(?:ts|mjs)$/,
  },
  {
    what: 'an error swallowed without a word why',
    pattern: /catch\s*(?:\([^)]*\)\s*)?\{\s*\}|\.catch\(\(\w*\)\s*=>\s*(?:\{\s*\}|undefined|null)\)(?!.*\/\/ )/,
    files: /\.(?:ts|mjs)$/,
  },
]

/** Lines that hold what the repository must not hold; `hosts` adds the names of this machine's own registry. */
export function unwantedText({ path, text }: Source, hosts: readonly string[] = []): readonly string[] {
  const found = unwanted.filter(({ files, pattern }) => (files?.test(path) ?? true) && pattern.test(text))
  const places = found.map(({ what, pattern }) => `${path}:${lineOf(text, text.search(pattern))}: ${what}`)
  const named = hosts.filter((host) => text.includes(host))
  return [...places, ...named.map((host) => `${path}:${lineOf(text, text.indexOf(host))}: this machine's registry`)]
}

/** Documents of this repository that a file names and that are not there. */
export function missingDocuments({ path, text }: Source, files: ReadonlySet<string>): readonly string[] {
  const named = new Set(text.match(/\bdocs\/[\w/-]+\.md\b/g))
  return [...named].filter((name) => !files.has(name)).map((name) => `${path} -> ${name}`)
}

export const longest = 400

/** A file too long to be read in one go. */
export function tooLong({ path, text }: Source): readonly string[] {
  const lines = text.split('\n').length - 1
  return lines > longest ? [`${path}: ${lines} lines; would two rooms be clearer?`] : []
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
