import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoKeypads } from '../../src/demo/fresh-world.ts'
import { type Effect, playStory } from '../../src/demo/story.ts'
import { pinsOn } from './guests.ts'
import { type RunningHub, setStage, type Stage, startOn } from './stage.ts'

describe('the story, in a hub of this process', () => {
  let stage: Stage
  let hub: RunningHub
  beforeAll(async () => {
    stage = await setStage()
    hub = await startOn(stage)
  })
  afterAll(async () => {
    await hub.stop()
    await stage.stop()
  })

  it('is booked, extended, moved and cancelled, each effect seen in locks, phone and inbox', async () => {
    const effects: Effect[] = []
    await playStory({
      file: stage.file,
      vendors: stage.vendors,
      hub: hub.client,
      now: Date.now,
      tell: (effect) => effects.push(effect),
    })

    expect(effects.map(({ step, effect }) => `${step} ${effect}`)).toEqual([
      'booked webhook',
      'booked code-confirmed',
      'booked sms',
      'booked inbox',
      'extended webhook',
      'extended code-confirmed',
      'extended sms',
      'extended inbox',
      'moved webhook',
      'moved code-confirmed',
      'moved sms',
      'moved inbox',
      'moved code-gone',
      'cancelled webhook',
      'cancelled code-gone',
      'cancelled sms',
      'cancelled inbox',
    ])
    const { booking = '', pin = 'none' } = stage.world.story
    expect(pin).toMatch(/^\d{4}$/)
    expect(JSON.stringify(effects)).not.toMatch(new RegExp(`\\b(?:12)?${pin}\\b`))
    expect(hub.logged()).not.toMatch(new RegExp(`\\b(?:12)?${pin}\\b`))

    const seen = await hub.client.booking(booking)
    const kinds = seen?.timeline.map(({ kind }) => kind)
    for (const kind of [
      'code-planned',
      'code-confirmed',
      'told-door-code',
      'window-changed',
      'told-change',
      'make-before-break',
      'code-ending',
      'code-gone',
      'told-withdrawal',
    ])
      expect(kinds).toContain(kind)
    // What lay on the locks before is untouched.
    expect(stage.vendors.theKeys.codesOn(demoKeypads.street).map(({ pin }) => pin)).toEqual(['8642', '1397'])
    for (const keypad of ['street', 'loft', 'studio'] as const) expect(pinsOn(stage, keypad)).toEqual([])
  }, 60_000)

  it('is not told as well when a lock hears of nothing', async () => {
    stage.world.story = { done: [] }
    stage.vendors.theKeys.setOnline(demoKeypads.loft, false)
    stage.vendors.smsFactor.state.messages.length = 0
    const effects: Effect[] = []
    const playing = playStory({
      file: stage.file,
      vendors: stage.vendors,
      hub: hub.client,
      now: Date.now,
      tell: (effect) => effects.push(effect),
      patience: 3_000,
    })
    await expect(playing).rejects.toThrow(/not within 3 s: Street door and Loft Nord hold the code/)
    expect(effects.map(({ effect }) => effect)).toEqual(['webhook'])
    // Nobody is sent to a door that has not proven the code, and the reason is there to read.
    expect(stage.vendors.smsFactor.state.messages).toEqual([])
    const seen = await hub.client.booking(stage.world.story.booking ?? '')
    expect(seen?.timeline.filter(({ kind }) => kind === 'code-confirmed').map(({ text }) => text)).toEqual([
      'The code is on Street door, read back.',
    ])
    expect(seen?.timeline.map(({ kind }) => kind)).toContain('code-accepted')
  }, 30_000)
})

describe('npm run demo -- --json', () => {
  const place = mkdtempSync(join(tmpdir(), 'stayward-hub-test-'))
  afterAll(() => rmSync(place, { recursive: true, force: true }))

  it('prints one object per effect, no PIN, and the result last; and leaves nothing behind', async () => {
    const child = demo(['--json'], { TMPDIR: place })
    let out = ''
    let complaints = ''
    let pin: string | undefined
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      pin = storyPin(place) ?? pin
    })
    child.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
    const [code] = (await once(child, 'close')) as [number | null] // as node documents it

    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines.at(-1)).toMatchObject({ ok: true, effects: 33 })
    expect(lines).toHaveLength(34)
    expect(new Set(lines.slice(0, -1).map(({ step }) => step))).toEqual(
      new Set(['booked', 'extended', 'moved', 'cancelled', 'lakeside', 'hillside']),
    )
    expect(code).toBe(0)
    expect(pin).toMatch(/^\d{4}$/)
    expect(out).not.toMatch(new RegExp(`\\b(?:12)?${pin}\\b`))
    expect(complaints).toBe('')
    expect(readdirSync(place)).toEqual([])
  }, 90_000)

  it('ends with 1 and says why when the story cannot be played', async () => {
    // A place that cannot hold a database: the first thing the demo needs.
    const child = demo(['--json'], { TMPDIR: join(place, 'not-there') })
    let out = ''
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()))
    const [code] = (await once(child, 'close')) as [number | null] // as node documents it
    expect(code).toBe(1)
    expect(JSON.parse(out.trim().split('\n').at(-1) ?? '')).toMatchObject({ ok: false, effects: 0 })
  }, 30_000)
})

function demo(flags: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const script = join(import.meta.dirname, '..', '..', 'src', 'demo', 'main.ts')
  return spawn(process.execPath, ['--conditions=@stayward/source', script, ...flags], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** The PIN of the story that is being played below `place`. */
function storyPin(place: string): string | undefined {
  const [dir] = readdirSync(place)
  if (dir === undefined) return undefined
  const world = JSON.parse(readFileSync(join(place, dir, 'demo', 'world.json'), 'utf8')) as { story: { pin?: string } } // the demo's own file
  return world.story.pin
}
