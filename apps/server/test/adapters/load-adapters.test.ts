import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { manifestOf } from '@stayward/core/adapter'
import { afterAll, describe, expect, it } from 'vitest'
import { judge, loadAdapters, shippedAdapters } from '../../src/adapters/load-adapters.ts'

const dir = mkdtempSync(join(tmpdir(), 'stayward-adapters-'))
afterAll(() => rmSync(dir, { recursive: true }))
const packageOf = (name: string, text: string) => {
  const path = join(dir, `${name}.mjs`)
  writeFileSync(path, text)
  return pathToFileURL(path).href
}

const theKeys = shippedAdapters.find(({ id }) => id === 'the-keys')

describe('adapters', () => {
  it('that ship fit the schema that strangers’ are held to', () => {
    for (const adapter of shippedAdapters) expect(judge(adapter)).toEqual({ adapter })
  })

  it('travel as JSON, without code and without losing anything', () => {
    for (const adapter of shippedAdapters) {
      const manifest = manifestOf(adapter)
      expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest)
      expect(manifest.config).toMatchObject({ type: 'object', properties: expect.any(Object) })
    }
  })

  it.each([
    ['a capability that is missing', { capabilities: { ...theKeys?.capabilities, readBack: undefined } }, 'readBack'],
    [
      'a pattern of PINs that is none',
      {
        capabilities: {
          ...theKeys?.capabilities,
          pin: { lengths: [4], digits: '0123456789', forbiddenPatterns: ['(('] },
        },
      },
      '/capabilities/pin/forbiddenPatterns/0',
    ],
    ['another version of the port', { specVersion: 'v2' }, '/specVersion'],
    ['an id that addresses cannot hold', { id: 'The Keys' }, '/id'],
    ['a host that is an address', { hosts: ['https://api.example'] }, '/hosts/0'],
    ['a rate that lets nothing through', { rate: { perSecond: 0, burst: 1 } }, '/rate/perSecond'],
    ['a port that does not exist', { port: 'kettle' }, '/port'],
  ])('are refused for %s, with the place', (_what, change, place) => {
    const judged = judge({ ...theKeys, ...change })
    expect('problem' in judged && judged.problem).toContain(place)
  })

  it('of listed packages are all reported at once, by name and reason', async () => {
    const packages = [
      packageOf('empty', 'export default {}'),
      packageOf('broken', 'throw new Error("no native binding")'),
      packageOf('none', 'export const adapter = 1'),
      'not-installed-anywhere',
    ]
    const { adapters, problems } = await loadAdapters({ adapters: packages, dataDir: dir })
    expect(adapters.size).toBe(shippedAdapters.length)
    expect(problems).toHaveLength(4)
    for (const [index, name] of packages.entries()) expect(problems[index]).toContain(name)
    expect(problems[1]).toContain('no native binding')
  })
})
