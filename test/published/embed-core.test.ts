import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { goodToken, nukiVendor } from '../../packages/adapters-locks/nuki/src/testing/index.ts'
import { install, root, run, userEnv } from './pack.ts'

/** Somebody's program around the core, in a folder of its own, on the oldest Node that the packages promise and on ours. */
const folder = mkdtempSync(join(tmpdir(), 'stayward-embedded-'))
const lock = nukiVendor().deviceId
const oldest = () =>
  run('npx', ['--yes', '--package=node@22.18.0', '--', 'node', '-p', 'process.execPath'], folder).trim()

/** Answers in place of Nuki, and lets time pass between two runs; what it remembers is in a file. */
const pretence = `
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fetchFrom } from '@stayward/core/testing'
import { nukiVendor } from '@stayward/lock-nuki/testing'

const later = Number(process.env.LATER)
const Real = Date
globalThis.Date = class extends Real {
  constructor(...parts) {
    super(...(parts.length === 0 ? [Real.now() + later] : parts))
  }
  static now() {
    return Real.now() + later
  }
}
const state = existsSync('nuki.json') ? { state: JSON.parse(readFileSync('nuki.json', 'utf8')) } : {}
const vendor = nukiVendor({ ...state, now: Date.now })
globalThis.fetch = fetchFrom(vendor)
process.on('exit', () => writeFileSync('nuki.json', JSON.stringify(vendor.state)))
`
const minute = 60_000

beforeAll(() => {
  cpSync(join(root, 'examples/embed-core'), folder, { recursive: true })
  const { '@stayward/core': core = '', '@stayward/lock-nuki': nuki = '' } = inject('tarballs')
  install(folder, core, nuki, 'msw@3.0.5', 'vitest@5.1.1')
  writeFileSync(join(folder, 'pretend.mjs'), pretence)
})
beforeEach(() => {
  for (const file of ['nuki.json', 'codes.json']) rmSync(join(folder, file), { force: true })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the core in a program of less than sixty lines', () => {
  it('is that short', () => {
    const program = readFileSync(join(folder, 'keep-door.ts'), 'utf8')
    expect(program.trimEnd().split('\n').length).toBeLessThan(60)
  })

  it.each([
    ['the pinned Node', () => process.execPath],
    ['Node 22.18', oldest],
  ])('keeps a door in line with its bookings on %s', (_what, node) => {
    const stay = { from: new Date(Date.now() - 60 * minute), until: new Date(Date.now() + 600 * minute) }
    const keepDoor = (later: number, bookings: readonly object[]) => {
      writeFileSync(join(folder, 'bookings.json'), JSON.stringify(bookings))
      const env = { ...userEnv(), LATER: String(later), NUKI_API_TOKEN: goodToken, NUKI_LOCK: lock }
      return run(node(), ['--import', './pretend.mjs', 'keep-door.ts'], folder, env)
    }
    const onLock = (later: number) => {
      const state = JSON.parse(readFileSync(join(folder, 'nuki.json'), 'utf8')) as ReturnType<
        typeof nukiVendor
      >['state'] // the program's own
      return nukiVendor({ state, now: () => Date.now() + later }).codesOn(lock)
    }
    const others = nukiVendor().codesOn(lock).length
    const booked = [{ id: 'ada', ...stay }]

    expect(keepDoor(0, booked)).toContain('ada present accepted')
    expect(keepDoor(5 * minute, booked)).toContain('ada present confirmed')
    const [code] = onLock(5 * minute).slice(others)
    expect(code).toMatchObject({ pin: expect.stringMatching(/^[1-9]{6}$/), until: expect.any(String) })

    expect(keepDoor(10 * minute, [])).toContain('ada absent sent')
    keepDoor(20 * minute, [])
    expect(onLock(20 * minute)).toHaveLength(others)
    expect(JSON.parse(readFileSync(join(folder, 'codes.json'), 'utf8'))).toEqual([])
  })
})
