import { describe, expect, it } from 'vitest'
import { shareClock } from '../../src/persistence/shared-clock.ts'

const noon = Date.parse('2026-07-01T12:00:00.000Z')

/** A machine and a database with a clock each, and the time that really passes. */
async function twoClocks({ ahead = 0 } = {}) {
  const state = { passed: 0, ahead, database: 0, answersAfter: 0, asked: 0, lines: [] as string[] }
  const log = (_facts: object, line: string) => void state.lines.push(line)
  const query = async () => {
    state.asked += 1
    state.passed += state.answersAfter / 2
    const at = new Date(noon + state.passed + state.database)
    state.passed += state.answersAfter / 2
    return { rows: [{ at }] }
  }
  const clock = await shareClock({
    pool: { query } as never, // the one statement it asks
    log: { error: log, info: log } as never, // the two lines it writes
    wall: () => noon + state.passed + state.ahead,
    monotonic: () => state.passed,
  })
  return { state, clock }
}

describe('the clock that hubs share', () => {
  it('is the database’s, as long as the machine’s differs little, and wherever it stands', async () => {
    for (const ahead of [0, 800, -20_000, 3_600_000]) {
      const { state, clock } = await twoClocks({ ahead })
      state.passed += 1500
      expect(clock.now()).toBe('2026-07-01T12:00:01.500Z')
    }
  })

  it('allows for the time that the answer takes, and learns nothing from one that takes long', async () => {
    const { state, clock } = await twoClocks()
    state.answersAfter = 1000
    state.passed += 6000
    await clock.check()
    expect(clock.ahead()).toBe(0)
    state.answersAfter = 5000
    state.database = -9000
    state.passed += 6000
    await clock.check()
    expect(clock.ahead()).toBe(0)
  })

  it('asks the database every few seconds only', async () => {
    const { state, clock } = await twoClocks()
    for (let turn = 0; turn < 100; turn += 1) {
      state.passed += 100
      await clock.check()
    }
    expect(state.asked).toBe(3)
  })

  it('is in doubt while the two are more than half a minute apart, and says so once', async () => {
    const near = await twoClocks({ ahead: 29_000 })
    expect(near.clock.doubt()).toBeUndefined()
    const { state, clock } = await twoClocks({ ahead: -31_000 })
    expect(clock.doubt()).toEqual({ ahead: -31_000 })
    state.passed += 6000
    await clock.check()
    expect(state.lines).toEqual([expect.stringContaining('disagree')])
  })

  it('is in doubt the moment the machine’s clock jumps, and for a minute after it was set right', async () => {
    const { state, clock } = await twoClocks()
    state.ahead = 3_600_000
    expect(clock.doubt()).toEqual({ ahead: 3_600_000 })
    await clock.check()
    expect(clock.doubt()).toEqual({ ahead: 3_600_000 })
    expect(clock.now()).toBe('2026-07-01T12:00:00.000Z')
    state.passed += 60_000
    state.ahead = 0
    await clock.check()
    expect(clock.doubt()).toEqual({ ahead: -3_600_000 })
    state.passed += 59_000
    await clock.check()
    expect(clock.doubt()).toBeDefined()
    state.passed += 6000
    await clock.check()
    expect(clock.doubt()).toBeUndefined()
    expect(state.lines).toEqual([expect.stringContaining('disagree'), expect.stringContaining('agree again')])
  })

  it('is in doubt for a minute after the database’s clock has jumped', async () => {
    const { state, clock } = await twoClocks()
    state.database = 12_000
    state.passed += 6000
    await clock.check()
    expect(clock.doubt()).toEqual({ ahead: -12_000 })
    state.passed += 61_000
    await clock.check()
    expect(clock.doubt()).toBeUndefined()
  })
})
