import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { AdapterError, defineAdapter, systemClock, systemEntropy } from '@stayward/core/adapter'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { openProviders } from '../../src/tenancy/open-providers.ts'
import { createOutbound } from '../../src/tenancy/outbound.ts'

const home = ['127.0.0.0/8', '::1/128']
const calm = new AbortController().signal
const reached: Socket[] = []
let server: Server
let port = 0

beforeAll(async () => {
  server = createServer((socket) => {
    reached.push(socket)
    socket.on('error', () => undefined)
    socket.write('220 mail.example.test ready\r\n')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port // listening on TCP, so it is an address
})
afterAll(() => {
  for (const socket of reached) socket.destroy()
  server.close()
})

/** What a dial to this origin gave, with what the operator opened. */
async function dial(origin: string, networks: readonly string[], signal = calm, origins = new Map<string, string>()) {
  const outbound = createOutbound(origins)
  const way = outbound.onSite({ origin }, { connection: 'casa/mail', networks })
  try {
    const { socket: dialled, isPrivate } = await way.dial(signal)
    const socket = dialled as Socket // as the line promises
    const [greeting] = (await once(socket, 'data')) as [Buffer] // a net socket's data
    socket.destroy()
    return { greeting: greeting.toString(), isPrivate }
  } catch (error) {
    return error
  } finally {
    await way.close()
    await outbound.close()
  }
}

describe('a socket to a server of the tenant’s own', () => {
  it.each(['127.0.0.1', 'localhost'])('leads into a network that the operator opened: %s', async (host) => {
    expect(await dial(`smtp://${host}:${port}`, home)).toEqual({
      greeting: '220 mail.example.test ready\r\n',
      isPrivate: true,
    })
  })

  it.each(['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '10.0.0.1', '169.254.169.254', '192.168.1.1'])(
    'never leads to %s otherwise, and a person reads how that is opened',
    async (host) => {
      const before = reached.length
      const error = await dial(`smtp://${host}:${port}`, [])
      expect(AdapterError.is(error) && error.code).toBe('refused')
      const { message, remedy } = error as AdapterError
      expect(message).toMatch(/private network that this connection may not reach/)
      expect(remedy).toContain('STAYWARD_PRIVATE_NETWORKS=casa/mail=')
      expect(reached.length).toBe(before)
    },
  )

  it('leads to what was opened and to nothing beside it', async () => {
    const error = await dial(`smtp://127.0.0.1:${port}`, ['10.0.0.0/8'])
    expect(AdapterError.is(error) && error.remedy).toContain('Opened to it: 10.0.0.0/8')
  })

  it('says of a closed port what the system says', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port: closed } = other.address() as AddressInfo // as above
    await new Promise((done) => other.close(done))
    expect(await dial(`smtp://127.0.0.1:${closed}`, home)).toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('is not opened for a call that is over', async () => {
    const reason = new Error('the look lost its lease')
    const before = reached.length
    expect(await dial(`smtp://127.0.0.1:${port}`, home, AbortSignal.abort(reason))).toBe(reason)
    expect(reached.length).toBe(before)
  })

  it('leads to a stand-in on this machine where one is named', async () => {
    const origins = new Map([['smtp://mail.example.test:587', `smtp://127.0.0.1:${port}`]])
    expect(await dial('smtp://mail.example.test:587', [], calm, origins)).toMatchObject({ isPrivate: true })
  })
})

describe('an adapter that speaks another protocol', () => {
  const greeter = defineAdapter({
    id: 'greeter',
    displayName: 'Greeter',
    port: 'notifier',
    specVersion: 'v1',
    config: z.object({ port: z.number() }),
    hosts: [],
    onSite: (config) => ({ origin: `smtp://127.0.0.1:${config.port}` }),
    capabilities: {
      address: 'email',
      dedupesByKey: false,
      looksUp: false,
      readsReplies: false,
      reportsDelivery: false,
    },
    rate: { perSecond: 0.01, burst: 1 },
    health: 'Look at it.',
    open: ({ line }) => ({
      specVersion: 'v1',
      readAccount: async (call) => {
        if (!line) throw new TypeError('it has a site, so it has a line')
        return await line.inTurn(call, async () => {
          const socket = (await line.dial(call.signal)).socket as Socket // as the line promises
          const [greeting] = (await once(socket, 'data')) as [Buffer] // a net socket's data
          socket.destroy()
          return { id: greeting.toString().split(' ')[1] ?? '' }
        })
      },
      send: async () => ({ status: 'accepted' }),
    }),
  })

  it('is given a line to its site, within the budget of its account', async () => {
    const outbound = createOutbound(new Map())
    const row = { id: 'c1', adapterId: 'greeter', name: 'mail', paused: false, version: 1, config: () => ({ port }) }
    const providers = openProviders([row], {
      adapters: new Map([['greeter', greeter]]),
      fetch: outbound.fetch,
      onSite: (name, site) => outbound.onSite(site, { connection: `casa/${name}`, networks: home }),
      clock: systemClock,
      entropy: systemEntropy,
    })
    const { provider } = await providers.notifier('c1')
    const before = reached.length
    expect(await provider.readAccount({ signal: calm })).toEqual({ id: 'mail.example.test' })
    await expect(provider.readAccount({ signal: calm })).rejects.toThrow(/the next turn is in \d+ s/)
    expect(reached.length).toBe(before + 1)
    await providers.close()
    await outbound.close()
  })
})
