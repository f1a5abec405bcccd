import { createServer } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { isPublicAddress } from '../../src/tenancy/addresses.ts'
import { createOutbound } from '../../src/tenancy/outbound.ts'

const forbidden = [
  '127.0.0.1',
  'localhost',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '0x7f000001',
  '2130706433',
  '017700000001',
  '0',
  '0.0.0.0',
  '127.1',
  '127.0.1',
  '[::]',
  '169.254.169.254',
  '[fe80::1]',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '[fd00::1]',
  '[fc00::1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '240.0.0.1',
  '[ff02::1]',
  '0xa9fea9fe',
  '2852039166',
  '[::ffff:10.0.0.1]',
  '192.0.0.1',
  '[100::1]',
]

describe('the way out', () => {
  const reached: string[] = []
  const server = createServer((request, response) => {
    reached.push(request.url ?? '')
    response.end('here')
  })
  const listening = new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  )
  afterAll(() => server.close())

  it.each(forbidden)('never opens a socket to %s', async (host) => {
    const port = await listening
    const out = createOutbound(new Map())
    await expect(out.fetch(`http://${host}:${port}/secret`)).rejects.toThrow('fetch failed')
    expect(reached).not.toContain('/secret')
    await out.close()
  })

  it('sends an origin elsewhere when the operator says so, and only that origin', async () => {
    const port = await listening
    const out = createOutbound(new Map([['https://vendor.example', `http://127.0.0.1:${port}`]]))
    const answer = await out.fetch('https://vendor.example/a?b=1', { method: 'POST', body: 'x' })
    expect(await answer.text()).toBe('here')
    expect(reached).toContain('/a?b=1')
    await out.close()
  })

  it('knows the open internet', () => {
    expect(['1.1.1.1', '2606:4700::1111', '8.8.8.8'].map(isPublicAddress)).toEqual([true, true, true])
    expect(['10.1.2.3', '::1', 'nonsense', ''].map(isPublicAddress)).toEqual([false, false, false, false])
  })

  it('ends a call that is never answered, also after a garbage collection', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((ready) => silent.listen(0, '127.0.0.1', ready))
    const target = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const origin = 'https://vendor.example'
    const outbound = createOutbound(new Map([[origin, target]]))
    const call = async () => {
      const signal = AbortSignal.any([new AbortController().signal, AbortSignal.timeout(700)])
      await outbound.fetch(`${origin}/hang`, { method: 'POST', body: 'x', signal })
    }
    const outcome = call().then(
      () => 'answered',
      (error: unknown) => (error instanceof Error ? error.name : 'strange'),
    )
    const collector = setInterval(collectGarbage, 100)
    const first = await Promise.race([outcome, new Promise((done) => setTimeout(done, 5000, 'never'))])
    clearInterval(collector)
    expect(first).toBe('TimeoutError')
    silent.closeAllConnections()
    silent.close()
    await outbound.close()
  })
})

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void // what the flag puts there
