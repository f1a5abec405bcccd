import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { AdapterError, defineAdapter, type OnSite, systemClock, systemEntropy } from '@stayward/core/adapter'
import { afterAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { isOpenable, isWithin } from '../../src/tenancy/addresses.ts'
import { openProviders } from '../../src/tenancy/open-providers.ts'
import { createOutbound } from '../../src/tenancy/outbound.ts'
import { selfSigned } from './self-signed.ts'

const home = ['127.0.0.0/8']
const [own, others] = [selfSigned(), selfSigned()]
const servers: Server[] = []
afterAll(() => {
  for (const server of servers) server.close()
})

/** A device on this machine, and what reached it. */
async function device(certificate = own) {
  const reached: string[] = []
  const server = createServer({ key: certificate.key, cert: certificate.cert }, (request, response) => {
    reached.push(`${request.method} ${request.url}`)
    response.end('here')
  })
  servers.push(server)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return { reached, server, port: (server.address() as AddressInfo).port }
}

/** One request to a site, with what the operator opened. */
async function ask(site: OnSite, networks: readonly string[], path = '/secret') {
  const outbound = createOutbound(new Map())
  const way = outbound.onSite(site, { connection: 'casa/street', networks })
  try {
    const response = await way.fetch(`${site.origin}${path}`, { method: 'PUT', body: '{}' })
    return await response.text()
  } catch (error) {
    return error
  } finally {
    await way.close()
    await outbound.close()
  }
}

describe('a device in the tenant’s house', () => {
  it('is reached when it shows the one certificate, though nobody vouches for it and its name is another', async () => {
    const { reached, port } = await device()
    const site = { origin: `https://127.0.0.1:${port}`, certificate: own.fingerprint }
    expect(await ask(site, home)).toBe('here')
    expect(reached).toEqual(['PUT /secret'])
  })

  it('is reached by a name that leads into the opened network', async () => {
    const { reached, port } = await device()
    expect(await ask({ origin: `https://localhost:${port}`, certificate: own.fingerprint }, [...home, '::1/128'])).toBe(
      'here',
    )
    expect(reached).toHaveLength(1)
  })

  it('is sent nothing when it shows another certificate, and a person reads which, and what to do', async () => {
    const { reached, port } = await device(others)
    const error = await ask({ origin: `https://127.0.0.1:${port}`, certificate: own.fingerprint }, home)
    expect(AdapterError.is(error) && error.code).toBe('auth')
    const { message, remedy } = error as AdapterError
    expect(message.replaceAll(':', '').toLowerCase()).toContain(others.fingerprint)
    expect(remedy).toMatch(/replaced, reset, or its certificate renewed\?.*Nothing was sent/)
    expect(reached).toEqual([])
  })

  it('is sent nothing when the connection names no certificate and no authority vouches for it', async () => {
    const { reached, port } = await device()
    const error = await ask({ origin: `https://127.0.0.1:${port}` }, home)
    expect(AdapterError.is(error) && error.code).toBe('auth')
    const { message, remedy } = error as AdapterError
    expect(message.replaceAll(':', '').toLowerCase()).toContain(own.fingerprint)
    expect(remedy).toMatch(/put it into the connection/)
    expect(reached).toEqual([])
  })

  it('shows its certificate for every new socket: one that was good before does not help another', async () => {
    const { reached, port, server } = await device()
    const outbound = createOutbound(new Map())
    const site = { origin: `https://127.0.0.1:${port}`, certificate: own.fingerprint }
    const way = outbound.onSite(site, { connection: 'casa/street', networks: home })
    expect(await (await way.fetch(`${site.origin}/first`)).text()).toBe('here')
    server.setSecureContext({ key: others.key, cert: others.cert })
    server.closeAllConnections()
    await expect(way.fetch(`${site.origin}/second`)).rejects.toMatchObject({ code: 'auth' })
    expect(reached).toEqual(['GET /first'])
    await way.close()
    await outbound.close()
  })

  it.each([
    ['no network', []],
    ['another network', ['192.168.1.0/24', '10.0.0.0/8']],
  ])('in a private network is not even dialled when the operator opened %s', async (_, networks) => {
    const { reached, port } = await device()
    const connections: unknown[] = []
    servers.at(-1)?.on('connection', (socket) => connections.push(socket))
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]']) {
      const error = await ask({ origin: `https://${host}:${port}`, certificate: own.fingerprint }, networks)
      expect(AdapterError.is(error) && error.code, host).toBe('refused')
      expect((error as AdapterError).remedy).toContain('STAYWARD_PRIVATE_NETWORKS=casa/street=')
    }
    expect([reached, connections]).toEqual([[], []])
  })

  it('that nobody answers for is a plain failure of the network', async () => {
    const { port, server } = await device()
    await new Promise((closed) => server.close(closed))
    const error = await ask({ origin: `https://127.0.0.1:${port}`, certificate: own.fingerprint }, home)
    expect(error).toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNREFUSED' } })
  })

  it('opens nothing to vendors: their way out stays closed to the same network', async () => {
    const { reached, port } = await device()
    const outbound = createOutbound(new Map())
    await expect(outbound.fetch(`https://127.0.0.1:${port}/secret`)).rejects.toThrow('fetch failed')
    expect(reached).toEqual([])
    await outbound.close()
  })
})

describe('networks', () => {
  it.each([
    '10.0.0.0/8',
    '192.168.1.0/24',
    '172.16.0.0/12',
    '100.64.0.0/10',
    '127.0.0.1/32',
    'fd12:3456::/48',
    '10.8.0.7/32',
  ])('%s may be opened', (network) => expect(isOpenable(network)).toBe(true))
  it.each([
    '0.0.0.0/0',
    '::/0',
    '172.16.0.0/11',
    '10.0.0.0/7',
    '8.8.8.0/24',
    '169.254.0.0/16',
    '169.254.169.254/32',
    'fe80::/10',
    '192.168.1.1',
    'home',
    '',
    '224.0.0.0/4',
  ])('"%s" may not', (network) => expect(isOpenable(network)).toBe(false))
  it('hold their own addresses, however those are written, and no others', () => {
    const within = (address: string) => isWithin(address, ['192.168.1.0/24', 'fd12::/16'])
    expect(['192.168.1.7', '::ffff:192.168.1.7', 'fd12::1'].map(within)).toEqual([true, true, true])
    expect(['192.168.2.7', '10.0.0.1', 'fd13::1', '169.254.169.254', 'x', ''].map(within)).toEqual(Array(6).fill(false))
  })
})

describe('a connection to a device', () => {
  const asked: { connection: string; site: OnSite }[] = []
  const closed: string[] = []
  const intercom = defineAdapter({
    id: 'at-home',
    displayName: 'At home',
    port: 'notifier',
    specVersion: 'v1',
    config: z.object({ address: z.string() }),
    hosts: [],
    onSite: ({ address }) => ({ origin: `https://${address}` }),
    capabilities: {
      address: 'phone',
      dedupesByKey: false,
      looksUp: false,
      readsReplies: false,
      reportsDelivery: false,
    },
    rate: { perSecond: 10, burst: 10 },
    health: 'Look at it.',
    open: ({ config, fetch }) => ({
      specVersion: 'v1',
      readAccount: async () => ({ id: await (await fetch(`https://${config.address}/who`)).text() }),
      send: async () => ({ status: 'accepted' }),
    }),
  })
  const providers = openProviders(
    [
      {
        id: 'c1',
        adapterId: 'at-home',
        name: 'street',
        paused: false,
        version: 1,
        config: () => ({ address: '10.1.2.3:8443' }),
      },
    ],
    {
      adapters: new Map([['at-home', intercom]]),
      fetch: async () => new Response('the way of vendors'),
      onSite: (connection, site) => {
        asked.push({ connection, site })
        return {
          fetch: async () => new Response('the-device'),
          dial: () => Promise.reject(new Error('not here')),
          close: async () => void closed.push(connection),
        }
      },
      clock: systemClock,
      entropy: systemEntropy,
    },
  )
  const call = { signal: new AbortController().signal }

  it('has a way of its own, to the address of its configuration, and closes it', async () => {
    const { provider } = await providers.notifier('c1')
    expect(await provider.readAccount(call)).toEqual({ id: 'the-device' })
    expect(asked).toEqual([{ connection: 'street', site: { origin: 'https://10.1.2.3:8443' } }])
    await providers.close()
    expect(closed).toEqual(['street'])
  })
})
