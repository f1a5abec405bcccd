import { AdapterError, type AnyAdapter, defineAdapter, systemClock, systemEntropy } from '@stayward/core/adapter'
import { asValue, createContainer } from 'awilix'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { ConnectionRow } from '../../src/tenancy/connection-rows.ts'
import { shippedAdapters } from '../../src/adapters/load-adapters.ts'
import { openProviders } from '../../src/tenancy/open-providers.ts'
import { createTenants, versionsOf } from '../../src/tenancy/tenants.ts'

/** A notifier that only says which token it was opened with, and whether it was closed. */
const closed: string[] = []
const echo = defineAdapter({
  id: 'echo',
  displayName: 'Echo',
  port: 'notifier',
  specVersion: 'v1',
  config: z.object({ token: z.string().min(3) }),
  hosts: ['echo.example'],
  capabilities: { address: 'phone', dedupesByKey: false, looksUp: false, readsReplies: false, reportsDelivery: false },
  rate: { perSecond: 10, burst: 10 },
  health: 'Look at it.',
  open: ({ config }) => ({
    specVersion: 'v1',
    readAccount: async () => ({ id: config.token }),
    send: async () => ({ status: 'accepted' }),
    close: async () => void closed.push(config.token),
  }),
})
const kit = {
  adapters: new Map<string, AnyAdapter>([['echo', echo]]),
  fetch,
  onSite: () => ({ fetch, dial: () => Promise.reject(new Error('not here')), close: async () => undefined }),
  clock: systemClock,
  entropy: systemEntropy,
}
const row = (id: string, config: unknown, more: Partial<ConnectionRow> = {}): ConnectionRow => ({
  id,
  adapterId: 'echo',
  name: `Connection ${id}`,
  paused: false,
  version: 1,
  config: () => config,
  ...more,
})
const call = { signal: new AbortController().signal }

describe('a tenant’s connections', () => {
  const providers = openProviders(
    [
      row('good', { token: 'abc' }),
      row('unfit', { token: 'x' }),
      row('paused', { token: 'abc' }, { paused: true }),
      row('foreign', {}, { adapterId: 'nobody' }),
      row(
        'sealed',
        {},
        {
          config: () => {
            throw new Error('does not open: the secret is 12345')
          },
        },
      ),
    ],
    kit,
  )

  it('work although others of the tenant cannot be opened, and each of those says why', async () => {
    expect(await (await providers.notifier('good')).provider.readAccount(call)).toEqual({ id: 'abc' })
    for (const [id, text] of [
      ['unfit', 'does not fit Echo (token)'],
      ['paused', 'is paused'],
      ['foreign', 'no adapter "nobody"'],
      ['sealed', 'cannot be opened'],
      ['none', 'does not exist'],
    ] as const) {
      const error: unknown = await providers.notifier(id).catch((reason: unknown) => reason)
      expect(AdapterError.is(error) && `${error.code}: ${error.message}`).toContain(text)
      expect(AdapterError.is(error) && error.remedy).not.toBe('')
      expect(JSON.stringify(error)).not.toContain('12345')
    }
  })

  it('fill only their own port', async () => {
    await expect(providers.keypad('good')).rejects.toThrow('Echo is not a lock or intercom.')
    expect(await providers.portOf('good')).toBe('notifier')
    expect(await providers.portOf('unfit')).toBe('notifier')
    expect(await providers.portOf('none')).toBeUndefined()
  })
})

describe('a vendor whose fake is faster', () => {
  const nuki = shippedAdapters.find(({ id }) => id === 'nuki')
  const rows = [{ ...row('n', { apiToken: 'a-token-of-nobody' }), adapterId: 'nuki' }]
  const adapters = new Map([['nuki', nuki ?? expect.fail('Nuki ships')]])

  it.each([
    [undefined, 30_000],
    [50, 600],
  ])('shows its writes that much sooner: %s', async (hurry, showsWithin) => {
    const providers = openProviders(rows, { ...kit, adapters, ...(hurry === undefined ? {} : { hurry }) })
    expect((await providers.keypad('n')).capabilities).toMatchObject({ showsWithin })
    await providers.close()
  })
})

describe('tenants’ scopes', () => {
  const setUp = (most = 10) => {
    const tokens = new Map([
      ['a', 'token-a'],
      ['b', 'token-b'],
    ])
    const opened: string[] = []
    const tenants = createTenants({
      root: createContainer({ strict: true }).register({ hub: asValue('one') }),
      most,
      open: async (tenantId) => {
        opened.push(tenantId)
        const rows = [row('c', { token: tokens.get(tenantId) ?? 'none' })]
        const providers = openProviders(rows, kit)
        return {
          tenantId,
          versions: versionsOf({ connections: rows, policy: {}, templates: {} }),
          providers,
          engine: providers,
        }
      },
    })
    const tokenOf = async (tenantId: string) =>
      (await (await (await tenants.engine(tenantId)).notifier('c')).provider.readAccount(call)).id
    return { tokens, opened, tenants, tokenOf }
  }

  it('never mix: each tenant’s provider holds that tenant’s own secret', async () => {
    const { tokenOf, opened } = setUp()
    expect(await Promise.all(['a', 'b', 'a', 'b'].map(tokenOf))).toEqual(['token-a', 'token-b', 'token-a', 'token-b'])
    expect(opened.sort()).toEqual(['a', 'b'])
  })

  it('are opened anew after a change, and the old secret goes out of use', async () => {
    const { tokens, tenants, tokenOf } = setUp()
    await tokenOf('a')
    tokens.set('a', 'token-new')
    expect(await tokenOf('a')).toBe('token-a')
    tenants.forget('a')
    expect(await tokenOf('a')).toBe('token-new')
    await tenants.close()
    expect(closed).toContain('token-a')
  })

  it('are closed when others push them out', async () => {
    const { tokens, tokenOf, opened } = setUp(1)
    tokens.set('a', 'pushed-out')
    await tokenOf('a')
    await tokenOf('b')
    await tokenOf('a')
    expect(opened).toEqual(['a', 'b', 'a'])
    expect(closed).toContain('pushed-out')
  })
})
