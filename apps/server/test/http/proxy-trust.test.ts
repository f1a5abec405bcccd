import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { expect, it } from 'vitest'
import { clientOf, type Trusts } from '../../src/http/proxy-trust.ts'

const headers = [
  undefined,
  '203.0.113.7',
  '198.51.100.1, 203.0.113.7',
  ' 198.51.100.1 ,10.0.0.9,  10.0.0.8',
  '10.0.0.1, 10.0.0.2',
  'not an address, 203.0.113.7',
  '',
]

it.each([false, 1, 2, 5, ['loopback'], ['loopback', '10.0.0.0/8']] as const)(
  'takes the same sender as express when the proxies are %j',
  async (setting) => {
    const app = express()
    app.set('trust proxy', typeof setting === 'object' ? [...setting] : setting)
    const trusts = app.get('trust proxy fn') as Trusts // what express makes of the setting
    const ours: string[] = []
    app.use((req, res) => {
      ours.push(clientOf(req, trusts))
      res.send(req.ip)
    })
    const server = createServer(app).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo // it listens on TCP
    const theirs: string[] = []
    for (const forwarded of headers) {
      const sent = forwarded === undefined ? {} : { headers: { 'x-forwarded-for': forwarded } }
      theirs.push(await (await fetch(`http://127.0.0.1:${port}`, sent)).text())
    }
    server.close()
    expect(ours).toEqual(theirs)
  },
)
