import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { ProxyTrust } from '../http/proxy-trust.ts'
import { parseMasterKeys } from '../secrets/master-keys.ts'
import { isOpenable } from '../tenancy/addresses.ts'

/** A text that is understood, or the sentence that says what to write instead. */
export type Reading<T> = { readonly value: T } | { readonly problem: string }

const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

export function postgresUrl(text: string): Reading<string> {
  const url = URL.parse(text)
  if (!url || !['postgres:', 'postgresql:'].includes(url.protocol))
    return { problem: 'has to be a PostgreSQL address like postgres://login:password@host:5432/database.' }
  if (url.pathname.length < 2)
    return { problem: 'names no database: add it at the end, like postgres://login:password@host:5432/stayward.' }
  return { value: text }
}

export function publicUrl(text: string): Reading<string> {
  const url = URL.parse(text)
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search || url.hash)
    return { problem: 'has to be the address vendors reach the hub at, like https://stayward.example.com.' }
  if (url.username || url.password)
    return { problem: 'must not hold a user name or password: it is shown to people and given to vendors.' }
  return { value: `${url.origin}${url.pathname.replace(/\/+$/, '')}` }
}

export function listenHost(text: string): Reading<string> {
  return isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text)
    ? { value: text }
    : {
        problem:
          'has to be the address to listen at: 127.0.0.1 (this machine only), 0.0.0.0 or :: (all), or a host name.',
      }
}

const proxyWords = ['loopback', 'linklocal', 'uniquelocal']

export function proxyTrust(text: string): Reading<ProxyTrust> {
  if (text === '0' || text === 'false') return { value: false }
  if (/^\d{1,2}$/.test(text)) return { value: Number(text) }
  const items = listOf(text)
  const understood =
    items.length > 0 && items.every((item) => proxyWords.includes(item) || isIP(item) !== 0 || isRange(item))
  return understood
    ? { value: items }
    : {
        // "true" would believe whatever a stranger writes into the header.
        problem:
          'has to be the number of proxies in front of the hub (usually 1), or their addresses, like 10.0.0.7, 172.16.0.0/12 or loopback.',
      }
}

const isRange = (text: string): boolean => ipaddr.isValidCIDR(text)

export function masterKeys(text: string): Reading<string> {
  try {
    parseMasterKeys(text, 'it')
    return { value: text }
  } catch (error) {
    // The parser's sentences never quote key material.
    return { problem: `cannot be used. ${error instanceof Error ? error.message : 'It is no list of keys.'}` }
  }
}

export function packages(text: string): Reading<readonly string[]> {
  const names = listOf(text)
  const stray = names.find((name) => !/^(@[a-z0-9._-]+\/)?[a-z0-9._-]+$|^\.{0,2}\//.test(name))
  return stray === undefined
    ? { value: names }
    : { problem: `has to list package names or paths, separated by commas; "${stray}" is neither.` }
}

/** `https://login.smoobu.com=http://127.0.0.1:4711,…` */
export function origins(text: string): Reading<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const item of listOf(text)) {
    const [from = '', to = ''] = splitOnce(item, '=')
    const vendor = URL.parse(from)
    const stand = URL.parse(to)
    if (!vendor || !stand || vendor.origin !== from || stand.origin !== to)
      return { problem: `has to list pairs like https://login.smoobu.com=http://127.0.0.1:4711; "${item}" is not one.` }
    if (!isLoopback(stand.hostname))
      // Anything else would send a tenant's credentials to another machine.
      return { problem: `may only point to this machine (127.0.0.1, ::1 or localhost); ${to} is elsewhere.` }
    found.set(from, to)
  }
  return { value: found }
}

/** `casa/street=192.168.1.0/24,…`; a connection that is named twice has both networks. */
export function privateNetworks(text: string): Reading<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>()
  for (const item of listOf(text)) {
    const [connection = '', network = ''] = splitOnce(item, '=')
    if (!/^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9-]*$/.test(connection))
      return {
        problem: `has to list pairs like my-flats/street=192.168.1.0/24 (tenant/connection=network); "${item}" is not one.`,
      }
    if (!isOpenable(network))
      // Anything wider would open the hub's own surroundings to whatever a tenant enters.
      return { problem: `may only open private networks, written like 192.168.1.0/24; "${network}" is none.` }
    found.set(connection, [...(found.get(connection) ?? []), network])
  }
  return { value: found }
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  return host === 'localhost' || (ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback')
}

function splitOnce(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + mark.length)]
}
