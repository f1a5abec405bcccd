import { expect, it } from 'vitest'
import { bodyOf, maskCode, maskMessage } from '../../src/api/masking.ts'
import { pin, stay, text } from './memory-read-model.ts'

it('hides a PIN and a message even when the memory gave them away', () => {
  const [code] = stay.codes
  const [message] = stay.messages
  if (!code || !message) throw new Error('the stay has both')
  expect(maskCode(code, false).pin).toBe('••••')
  expect(maskMessage(message, false).text).toBe('••••')
  expect(maskCode(code, true).pin).toBe(pin)
  expect(maskMessage(message, true).text).toBe(text)
})

it('gives bytes as text only where they are text', () => {
  expect(bodyOf(new TextEncoder().encode('{"ü":1}'))).toEqual({ body: '{"ü":1}', bodyEncoding: 'utf-8' })
  expect(bodyOf(new Uint8Array([0xff, 0x00]))).toEqual({ body: '/wA=', bodyEncoding: 'base64' })
})
