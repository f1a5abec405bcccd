import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { loadAdapters } from '../../apps/server/src/adapters/load-adapters.ts'
import { install, root, run } from './pack.ts'

/** Somebody else's adapter: made, tested, packed and installed without this repository. */
const folder = mkdtempSync(join(tmpdir(), 'stayward-outside-'))
const theirs = join(folder, 'their-repository')
const beside = join(folder, 'adapters')
const core = inject('tarballs')['@stayward/core'] ?? ''

beforeAll(() => {
  cpSync(join(root, 'examples/lock-adapter'), theirs, { recursive: true })
  install(theirs, core)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('an adapter that lives outside this repository', () => {
  it('is written with the published packages alone, and passes the contract kit there', () => {
    run('npm', ['run', 'build'], theirs)
    run(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'run', '--reporter=json', '--outputFile=report.json'],
      theirs,
    )
    const { success, numPassedTests } = JSON.parse(readFileSync(join(theirs, 'report.json'), 'utf8')) as {
      success: boolean
      numPassedTests: number
    } // vitest's own report
    expect(success).toBe(true)
    expect(numPassedTests).toBeGreaterThan(100)
  })

  it('is loaded by the hub because the operator listed it, and a broken one beside it is named with the reason', async () => {
    run('npm', ['pack'], theirs)
    const tarball = readdirSync(theirs).find((file) => file.endsWith('.tgz')) ?? ''
    mkdirSync(beside)
    install(beside, join(theirs, tarball), core)
    const broken = join(beside, 'node_modules/broken-lock')
    mkdirSync(broken)
    writeFileSync(join(broken, 'package.json'), '{ "name": "broken-lock", "type": "module", "exports": "./index.js" }')
    writeFileSync(join(broken, 'index.js'), 'export default { id: "broken", open() {} }')

    const { adapters, problems } = await loadAdapters({
      adapters: ['stayward-lock-latch', 'broken-lock', 'nobody-made-this'],
      dataDir: folder,
    })
    expect(adapters.get('latch')?.displayName).toBe('Latch')
    expect(problems).toEqual([
      expect.stringMatching(/^The adapter package "broken-lock" .+manifest/),
      expect.stringMatching(/^The adapter package "nobody-made-this" could not be loaded .+Install it/),
    ])
  })
})
