import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { defineAdapter } from '../../src/adapter/define-adapter.ts'
import { memoryLock } from '../../src/testing/index.ts'

const good = memoryLock().adapter

describe('defineAdapter', () => {
  it('keeps the introduction as it was given, and nobody changes it afterwards', () => {
    const adapter = defineAdapter(good)
    expect(adapter).toMatchObject({ id: good.id, hosts: good.hosts })
    expect(Object.isFrozen(adapter)).toBe(true)
    expect(() => Object.assign(adapter, { id: 'other' })).toThrow(TypeError)
  })
  it.each(['', 'A', 'a', '1lock', 'lock_1', 'lock.eu', 'é-lock', 'x'.repeat(41)])('refuses the id "%s"', (id) => {
    expect(() => defineAdapter({ ...good, id })).toThrow(/adapter id/)
  })
  it.each(['https://lock.example', 'lock.example:8443', 'lock.example/api', 'Lock.example', '*', ''])(
    'refuses the host "%s"',
    (host) => expect(() => defineAdapter({ ...good, hosts: [host] })).toThrow(/is not a host name/),
  )
  it('refuses a lock that does not say what its device ids look like', () => {
    const { deviceId: _, ...rest } = good
    expect(() => defineAdapter(rest)).toThrow(/deviceId/)
  })
  it('refuses a list that shows writes later without saying how much later', () => {
    const capabilities = { ...good.capabilities, writesAreVisible: 'later' as const }
    expect(() => defineAdapter({ ...good, capabilities })).toThrow(/showsWithin/)
  })
  it.each([
    { perSecond: 0, burst: 1 },
    { perSecond: -1, burst: 1 },
    { perSecond: Number.NaN, burst: 1 },
    { perSecond: 1, burst: 0 },
  ])('refuses a budget that lets nothing through: $perSecond/s, $burst at once', (rate) => {
    expect(() => defineAdapter({ ...good, rate })).toThrow(/rate/)
  })
  it('refuses a configuration that no form can be made of', () => {
    const config = z.object({ token: z.string(), made: z.date() })
    expect(() => defineAdapter({ ...good, config, open: () => good.open as never })).toThrow(/JSON Schema/)
  })
})
