import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { type Dialled, guardLine } from '../../src/adapter/line.ts'
import { OutOfTurn, type Turns } from '../../src/adapter/turns.ts'
import { calm } from '../../src/testing/calls.ts'

/** A line on which everything that happens is written down. */
function setUp(take: () => Promise<void> = async () => undefined) {
  const seen: string[] = []
  const turns: Turns = {
    take: async (_signal, patience, near) => {
      seen.push(`asked${near ? ', near' : ''}, for ${patience} ms`)
      await take()
    },
    ended: async () => void seen.push('given back'),
  }
  const dialled: Dialled = { socket: new Socket(), isPrivate: false }
  const dial = async () => {
    seen.push('dialled')
    return dialled
  }
  return { seen, dialled, line: guardLine(dial, turns) }
}

describe('a line', () => {
  it('does a thing in its turn, and gives the turn back', async () => {
    const { line, seen, dialled } = setUp()
    expect(await line.inTurn(calm, () => line.dial(calm.signal))).toBe(dialled)
    expect(seen).toEqual(['asked, for 10000 ms', 'dialled', 'given back'])
  })

  it('says when a thing is about an arrival soon', async () => {
    const { line, seen } = setUp()
    await line.inTurn({ ...calm, near: true }, async () => undefined)
    expect(seen[0]).toBe('asked, near, for 10000 ms')
  })

  it('gives the turn back when the thing fails', async () => {
    const { line, seen } = setUp()
    await expect(line.inTurn(calm, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(seen.at(-1)).toBe('given back')
  })

  it('does nothing when the turn is too far away', async () => {
    const { line, seen } = setUp(() => Promise.reject(new OutOfTurn(90_000)))
    await expect(line.inTurn(calm, () => line.dial(calm.signal))).rejects.toBeInstanceOf(OutOfTurn)
    expect(seen).toEqual(['asked, for 10000 ms'])
  })

  it('dials nothing for a call that is over', async () => {
    const { line, seen } = setUp()
    const reason = new Error('the look lost its lease')
    await expect(line.dial(AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(seen).toEqual([])
  })
})
