import { describe, expect, it } from 'vitest'
import { dependencyFaults, type Manifest } from './architecture/dependencies.ts'
import { anatomyFaults, doorFaults, type Package } from './architecture/package-shape.ts'
import { dateTypes, impurities, temporalOutOfPlace } from './architecture/purity.ts'
import { escapes, serverToolsOutside, strays } from './architecture/rooms.ts'
import { climbs, vendorsOutOfPlace } from './architecture/server-floors.ts'
import { importsOf } from './architecture/source.ts'
import { longest, missingDocuments, tooLong, unwantedText } from './architecture/wording.ts'

/** Each rule of the house, shown to fail on what it forbids and to pass what it allows. */
const file = (path: string, text: string) => ({ path, text })
const importing = (path: string, ...specifiers: readonly string[]) =>
  file(path, specifiers.map((specifier, index) => `import * as n${index} from '${specifier}'`).join('\n'))

describe('finding imports', () => {
  it('sees every way to import, and which ones types alone leave', () => {
    const text = `
      import a from 'a'; import type { B } from 'b'; import { type C } from 'c'; import 'd'
      export * from 'e'; export type { F } from 'f'; export { g } from 'g'
      const h = await import('h'); type I = import('i').I; import j = require('j'); const k = require('k')`
    const found = importsOf(file('x.ts', text))
    const names = (typeOnly: boolean) =>
      found
        .filter((each) => each.typeOnly === typeOnly)
        .map(({ specifier }) => specifier)
        .toSorted()
        .join('')
    expect(names(false)).toBe('acdeghjk')
    expect(names(true)).toBe('bfi')
  })

  it('does not pass over a file that it cannot read', () => {
    expect(() => importsOf(file('x.ts', 'import {'))).toThrow(/x\.ts/)
  })
})

describe('rooms', () => {
  const domain = 'packages/core/src/domain/pin.ts'
  const smoobu = 'packages/adapters-booking/smoobu'
  it.each([
    ['domain uses a package', importing(domain, 'zod')],
    ['domain uses Node', importing(domain, 'node:crypto')],
    ['domain uses ports', importing(domain, '../ports/clock.ts')],
    ['Temporal beside civil-time', importing(domain, 'temporal-polyfill')],
    ['domain names a type of a package', file(domain, "import type * as z from 'zod'")],
    ['ports use the engine', importing('packages/core/src/ports/keypad.ts', '../engine/probe.ts')],
    ['engine uses the adapter kit', importing('packages/core/src/engine/probe.ts', '../adapter/http.ts')],
    ['the adapter kit uses Node', importing('packages/core/src/adapter/http.ts', 'node:crypto')],
    ['the front door opens testing', importing('packages/core/src/index.ts', './testing/index.ts')],
    ['a kit opens files', importing('packages/core/src/testing/kits/notifier.ts', 'node:fs')],
    ['the kits use msw', importing('packages/core/src/testing/faults.ts', 'msw')],
    ['an adapter uses the front door', importing(`${smoobu}/src/adapter.ts`, '@stayward/core')],
    ['an adapter uses its own fake', importing(`${smoobu}/src/adapter.ts`, './testing/index.ts')],
    ['an adapter opens files', importing(`${smoobu}/src/adapter.ts`, 'node:fs')],
    ['an adapter uses msw', importing(`${smoobu}/src/adapter.ts`, 'msw')],
    ['an adapter loads on demand', file(`${smoobu}/src/adapter.ts`, "await import('express')")],
    ['a fake opens files', importing(`${smoobu}/src/testing/index.ts`, 'node:fs')],
    ["an adapter's test uses the front door", importing(`${smoobu}/test/a.test.ts`, '@stayward/core')],
    ['a folder nobody knows', importing('packages/core/src/helpers/all.ts')],
  ])('refuse it when %s', (_what, source) => {
    expect(strays(source)).toHaveLength(1)
  })

  it.each([
    importing('packages/core/src/domain/civil-time.ts', 'temporal-polyfill', './instant.ts'),
    importing('packages/core/src/engine/probe.ts', '../ports/clock.ts', '../domain/instant.ts', './engine.ts'),
    file(
      'packages/core/src/adapter/http.ts',
      "import type * as z from 'zod'\nimport { plus } from '../domain/instant.ts'",
    ),
    importing('packages/core/src/testing/kits/notifier.ts', 'vitest', '../../engine/probe.ts'),
    importing(`${smoobu}/src/signing.ts`, '@stayward/core/adapter', 'zod', 'node:crypto', './smoobu-api.ts'),
    importing(`${smoobu}/src/testing/index.ts`, '@stayward/core/testing', 'msw/http', '../signing.ts'),
    importing(
      `${smoobu}/test/a.test.ts`,
      '@stayward/core/testing',
      'vitest',
      'node:fs',
      'fast-check',
      '../src/adapter.ts',
    ),
  ])('let what belongs there pass: $path', (source) => {
    expect(strays(source)).toEqual([])
  })

  it('notice an import that leaves the package', () => {
    const source = importing(`${smoobu}/src/adapter.ts`, '../../../core/src/domain/pin.ts')
    expect(escapes(source, smoobu)).toHaveLength(1)
    expect(escapes(importing(`${smoobu}/test/a.test.ts`, '../src/adapter.ts'), smoobu)).toEqual([])
  })

  it("notice the server's tools outside the server", () => {
    expect(
      serverToolsOutside(importing('packages/core/src/x.ts', 'express', 'awilix', 'pg', '@mikro-orm/core')),
    ).toHaveLength(4)
    expect(serverToolsOutside(importing('apps/server/src/http/app.ts', 'express'))).toEqual([])
  })
})

describe("the server's floors", () => {
  const from = (folder: string, ...to: readonly string[]) => climbs(importing(`apps/server/src/${folder}/a.ts`, ...to))

  it('refuse the way up, the neighbour, and a folder on no floor', () => {
    expect(from('queue', '../work/loop.ts')).toHaveLength(1)
    expect(from('secrets', '../telemetry/log.ts')).toHaveLength(1)
    expect(from('intake', '../api/read-model.ts')).toHaveLength(1)
    expect(from('tenancy', '../compose.ts')).toHaveLength(1)
    expect(from('intake', '../helpers/all.ts')).toHaveLength(1)
    expect(from('helpers')).toHaveLength(1)
  })

  it('allow the way down, the own folder, and packages', () => {
    expect(from('work', '../queue/claim.ts', '../telemetry/log.ts', './loop.ts', 'pg')).toEqual([])
    expect(climbs(importing('apps/server/src/main.ts', './compose.ts', './http/app.ts'))).toEqual([])
  })

  it('keep vendors in the list of adapters and in the demo', () => {
    const vendors = (path: string, ...names: readonly string[]) =>
      vendorsOutOfPlace(importing(`apps/server/src/${path}`, ...names))
    expect(vendors('api/a.ts', '@stayward/booking-smoobu')).toHaveLength(1)
    expect(vendors('work/a.ts', 'msw', '@stayward/core/testing')).toHaveLength(2)
    expect(vendors('adapters.ts', '@stayward/booking-smoobu/testing')).toHaveLength(1)
    expect(vendors('adapters.ts', '@stayward/booking-smoobu', '@stayward/core/adapter')).toEqual([])
    expect(vendors('demo/fakes.ts', '@stayward/booking-smoobu/testing', 'msw')).toEqual([])
  })
})

describe('purity', () => {
  it.each([
    'async function f() {}',
    'const f = async () => 1',
    'const o = { async m() {} }',
    'for await (const x of y) f(x); export {}',
    'const now = Date.now()',
    'const now = new Date()',
    'const now = Date()',
    'const die = Math.random()',
    'console.log(1)',
    'const home = process.env',
    'crypto.randomUUID()',
    'setTimeout(f, 1)',
    'const p: Promise<number> = q',
    'const g = globalThis.Date',
    'const n = Temporal.Now.instant()',
    'const log = { console }',
  ])('is lost by: %s', (text) => {
    expect(impurities(file('packages/core/src/domain/x.ts', text))).not.toEqual([])
  })

  it('is kept by values, dates with arguments, and members that only share a name', () => {
    const text = `const at = new Date(5).toISOString(); const t = Date.parse('x'); const m = Math.max(1, 2)
      const step = { process: 1, fetch: () => 2 }; step.process; interface A { crypto: string; fetch(): void }`
    expect(impurities(file('packages/core/src/domain/x.ts', text))).toEqual([])
  })

  it('knows Temporal and Date where they do not belong', () => {
    expect(temporalOutOfPlace(file('packages/core/src/engine/x.ts', 'Temporal.Now.instant()'))).toHaveLength(1)
    expect(temporalOutOfPlace(file('packages/core/src/domain/civil-time.ts', 'Temporal.Now.instant()'))).toEqual([])
    expect(
      dateTypes(file('packages/core/src/ports/x.ts', 'interface A { at: Date; on: readonly Date[] }')),
    ).toHaveLength(2)
    expect(dateTypes(file('packages/core/src/ports/x.ts', 'const at: string = new Date(5).toISOString()'))).toEqual([])
  })
})

describe('declared dependencies', () => {
  const folder = 'packages/a'
  const manifest: Manifest = {
    name: '@stayward/a',
    dependencies: { left: '1' },
    peerDependencies: { zod: '4', msw: '3' },
    peerDependenciesMeta: { msw: { optional: true } },
    devDependencies: { zod: '4', msw: '3', vitest: '5', '@types/left': '1' },
  }
  const sources = [
    importing('packages/a/src/a.ts', 'left/part', 'zod', 'node:fs', './b.ts'),
    importing('packages/a/src/testing/index.ts', 'msw/http'),
    importing('packages/a/test/a.test.ts', 'vitest', '@stayward/a'),
  ]
  const faults = (change: Partial<Manifest>, more: typeof sources = []) =>
    dependencyFaults(folder, { ...manifest, ...change }, [...sources, ...more])

  it('pass when they are what the files import', () => {
    expect(faults({})).toEqual([])
  })

  it.each([
    ['missing', faults({}, [importing('packages/a/src/c.ts', 'right')])],
    ['missing for a type', faults({}, [file('packages/a/src/c.ts', "import type { R } from 'right'")])],
    ['missing for the testing door', faults({}, [importing('packages/a/src/testing/c.ts', 'right')])],
    ['missing for a test', faults({}, [importing('packages/a/test/c.test.ts', 'right')])],
    ['optional, but always needed', faults({}, [importing('packages/a/src/c.ts', 'msw')])],
    ['not used', faults({ dependencies: { left: '1', right: '1' } })],
    ['not used by a test', faults({ devDependencies: { ...manifest.devDependencies, right: '1' } })],
    ['a peer that is not used', faults({ peerDependencies: { ...manifest.peerDependencies, vitest: '5' } })],
    ['a peer that the tests do not pin', faults({ devDependencies: { msw: '3', vitest: '5' } })],
    ['an exception that is not needed', dependencyFaults(folder, manifest, sources, { left: 'found by path' })],
  ])('are reported when one is %s', (_what, found) => {
    expect(found).toHaveLength(1)
  })

  it('may be reached in ways that no import shows, with a reason', () => {
    const more = { ...manifest, dependencies: { left: '1', right: '1' } }
    expect(dependencyFaults(folder, more, sources, { right: 'found by path' })).toEqual([])
  })
})

describe('the shape of a package', () => {
  const door = { '@stayward/source': './src/a.ts', types: './dist/a.d.ts', default: './dist/a.js' }
  const { '@stayward/source': source, ...built } = door
  const published = (doors: Record<string, unknown>): Record<string, unknown> =>
    JSON.parse(JSON.stringify(doors, (key, value: unknown) => (key === '@stayward/source' ? undefined : value))) // of JSON
  const shape = (doors: Record<string, unknown>, exports = published(doors)): Package => ({
    folder: 'packages/a',
    manifest: {
      exports: doors,
      publishConfig: { exports },
      license: 'MIT',
      engines: { node: '>=22.18' },
      files: ['dist'],
    },
    has: (path) => path === 'src/a.ts',
  })

  it('is right with the source first, then types, then the rest', () => {
    expect(doorFaults(shape({ '.': door, './package.json': './package.json' }))).toEqual([])
  })

  it.each([
    ['the source comes last', { '.': { ...built, '@stayward/source': source } }],
    ['there is no source', { '.': built }],
    ['the source is not there', { '.': { ...door, '@stayward/source': './src/b.ts' } }],
    ['the types lead elsewhere', { '.': { ...door, types: './dist/b.d.ts' } }],
    ['a door is a mere path', { '.': './src/a.ts' }],
    ['there is no door', {}],
  ])('is wrong when %s', (_what, doors) => {
    expect(doorFaults(shape(doors))).toHaveLength(1)
  })

  it('is wrong when what is published still names the source', () => {
    expect(doorFaults(shape({ '.': door }, { '.': door }))).toHaveLength(1)
  })

  it('is the same for every adapter', () => {
    expect(anatomyFaults(shape({ '.': door }))).toHaveLength(7)
  })
})

describe('wording', () => {
  /** In two parts, so that this file does not hold what it forbids. */
  const glued = (...parts: readonly string[]) => parts.join('')
  it.each([
    ['machine path', glued('see /ho', 'me/ada/notes')],
    ['machine path in quotes', glued("'/t", "mp/x'")],
    ['registry', glued('https://registry.np', 'mjs.org')],
    ['private note', glued('as iss', 'ue 12 says')],
    ['absent document', glued('see desi', 'gn.md')],
    ['skipped test', glued('i', "t.skip('x')")],
    ['focused test', glued('descr', "ibe.only('x')")],
    ['silenced types', glued('// @ts-ig', 'nore')],
    ['silenced lint', glued('// oxl', 'int-disable-next-line')],
    ['unfinished', glued('// TO', 'DO later')],
    ['empty catch', glued('try { a() } cat', 'ch {}')],
    ['empty handler', glued('a().cat', 'ch(() => undefined)')],
  ])('reports: %s', (_what, text) => {
    expect(unwantedText(file('packages/a/src/a.ts', `const a = 1\n${text}\n`))).toEqual([
      expect.stringContaining('a.ts:2: '),
    ])
  })

  it.each([
    "import { look } from '../work/look.ts'",
    'apps/server/src/work/loop.ts',
    'https://example.com/home/rooms',
    '// biome-ignore format: a table',
    'next.end().catch(() => undefined) // it is broken already',
  ])('passes: %s', (text) => {
    expect(unwantedText(file('packages/a/src/a.ts', text))).toEqual([])
  })

  it("reports this machine's own registry, documents that are not there, and files too long", () => {
    expect(unwantedText(file('a.md', 'from npm.example.net'), ['npm.example.net'])).toHaveLength(1)
    const naming = file('a.ts', glued('// see do', 'cs/vendors/acme.md and do', 'cs/vendors/nuki.md'))
    expect(missingDocuments(naming, new Set([glued('do', 'cs/vendors/nuki.md')]))).toEqual([
      glued('a.ts -> do', 'cs/vendors/acme.md'),
    ])
    expect(tooLong(file('a.ts', 'x\n'.repeat(longest + 1)))).toHaveLength(1)
    expect(tooLong(file('a.ts', 'x\n'.repeat(longest)))).toEqual([])
  })
})
