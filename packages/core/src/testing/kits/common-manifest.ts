import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { PortName, ProviderOf } from '../../ports/capabilities.ts'
import type { VendorFake } from '../vendor-fake.ts'
import { calm, settled } from '../calls.ts'
import { openSubject } from './open-subject.ts'
import { expectFailure } from './outcomes.ts'
import type { Subject } from './subject.ts'

/** What every adapter's introduction and credentials owe, whatever the port. */
export function describeIntroduction<Port extends PortName, Vendor extends VendorFake, Config>(
  subject: Subject<Port, Vendor, Config>,
  port: Port,
): void {
  const { adapter } = subject

  describe('the introduction', () => {
    it('names its port, its version and how to check its health', () => {
      expect(adapter.port).toBe(port)
      expect(adapter.specVersion).toBe('v1')
      expect(adapter.displayName).toMatch(/\S/)
      expect(adapter.health).toMatch(/\S/)
      expect(Object.isFrozen(adapter)).toBe(true)
    })
    it('travels as JSON: configuration as JSON Schema, capabilities as data', () => {
      const schema = z.toJSONSchema(adapter.config)
      expect(schema.type).toBe('object')
      expect(JSON.parse(JSON.stringify(adapter.capabilities))).toEqual(adapter.capabilities)
    })
    it('titles every field of its configuration for the form', () => {
      const { properties = {} } = z.toJSONSchema(adapter.config)
      for (const [name, field] of Object.entries(properties))
        expect(field, `config.${name}`).toMatchObject({ title: expect.stringMatching(/\S/) })
    })
    it('takes the configurations of this test and refuses an empty form', () => {
      expect(adapter.config.safeParse(subject.config).success).toBe(true)
      expect(adapter.config.safeParse(subject.wrongConfig).success).toBe(true)
      expect(adapter.config.safeParse({}).success).toBe(Object.keys(adapter.config.shape).length === 0)
    })
    it('has a budget that lets something through', () => {
      expect(adapter.rate.perSecond).toBeGreaterThan(0)
      expect(adapter.rate.burst).toBeGreaterThanOrEqual(1)
    })
    it('sends nothing when it is opened', () => {
      expect(openSubject(subject).wire.calls).toEqual([])
    })
  })

  describe('credentials', () => {
    it('tells whose account it is, the same every time', async () => {
      const { provider } = openSubject(subject)
      const first = await provider.readAccount(calm)
      expect(first.id).toMatch(/^\S+$/)
      expect((await provider.readAccount(calm)).id).toBe(first.id)
    })
    it('still opens the account after a restart, a day and a month later', async () => {
      const first = openSubject(subject)
      const { id } = await first.provider.readAccount(calm)
      for (const days of [0, 1, 29]) {
        first.clock.advance(days * 86_400_000)
        const again = openSubject(subject, { beside: first })
        expect((await again.provider.readAccount(calm)).id).toBe(id)
      }
    })
    it('never mixes two instances with different credentials', async () => {
      const right = openSubject(subject)
      const wrong = openSubject(subject, { config: subject.wrongConfig, beside: right })
      const ask = (provider: ProviderOf[Port]) => settled(provider.readAccount(calm))
      expect(await ask(right.provider)).toMatchObject({ kind: 'value' })
      expectFailure(await ask(wrong.provider), ['auth'], 'wrong credentials after right ones')
      const mixed = await Promise.all([
        ask(wrong.provider),
        ask(right.provider),
        ask(wrong.provider),
        ask(right.provider),
      ])
      expect(mixed.map(({ kind }) => kind)).toEqual(['error', 'value', 'error', 'value'])
      // A process-wide token, learned by the right instance, would let the wrong one in.
      expectFailure(
        await ask(openSubject(subject, { config: subject.wrongConfig, beside: right }).provider),
        ['auth'],
        'new',
      )
    })
  })
}
