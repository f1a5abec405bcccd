import { describe, expect, it } from 'vitest'
import { hostSecrets, judgeSignature, signatureOf } from '../src/signature.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const created =
  '{"id":"01J9Z3Q4M7N8P2R5S6T7V8W9XA","data":{"id":"b1f6c1de-0000-4000-8000-000000000001"},"action":"reservation.created","created":"2026-05-01T10:00:00Z","version":"v2"}'
const ofHost = '28ee9889e05f729c5ccbbe43076428b8dec759edc4bd0286728b54367e717eb2'

describe('the vectors', () => {
  it.each([
    // Hospitable's own example shows the first digest beside the second body.
    ['{"foo":"bar"}', 'cc99bf5947391ddb0d0d9866f5b9d3a68e8b273c5ac8f699b4ae2399a7433118'],
    ['{"foo": "bar"}', '9eaf19661ed260c54542203b94febf55793fef5f2e51075d5c3f10503a06158f'],
  ])('%s with the secret 123456 (trap 11)', (body, signature) => {
    expect(signatureOf(body, '123456')).toBe(signature)
    expect(judgeSignature(bytes(body), signature, { webhookSecret: '123456' })).toBe('proven')
  })
  it('of a host account: the base64 text is the key, not what it stands for', () => {
    expect(hostSecrets('owner@example.com')).toEqual(['b3duZXJAZXhhbXBsZS5jb20='])
    expect(judgeSignature(bytes(created), ofHost, { ownerEmail: 'owner@example.com' })).toBe('fits')
  })
})

describe('a signature', () => {
  const body = bytes(created)
  const config = { ownerEmail: 'owner@example.com' }
  it('may be in capitals', () => expect(judgeSignature(body, ofHost.toUpperCase(), config)).toBe('fits'))
  it('is found for an address entered in capitals, whichever spelling Hospitable signs with', () => {
    const spelled = { ownerEmail: ' Owner@Example.com ' }
    expect(judgeSignature(body, ofHost, spelled)).toBe('fits')
    const [asEntered = ''] = hostSecrets('Owner@Example.com')
    expect(judgeSignature(body, signatureOf(body, asEntered), spelled)).toBe('fits')
  })
  it('by either of two vendor secrets is proven, while they change', () => {
    for (const secret of ['old-secret', 'new-secret'])
      expect(judgeSignature(body, signatureOf(body, secret), { webhookSecret: 'old-secret new-secret' })).toBe('proven')
  })
  it('of a host proves nothing, also where a vendor secret is set (trap 10)', () => {
    expect(judgeSignature(body, ofHost, { ...config, webhookSecret: 'another' })).toBe('fits')
  })
  it.each([
    [null],
    [''],
    ['0'.repeat(64)],
    [ofHost.slice(0, 63)],
    [`${ofHost}00`],
    [`sha256=${ofHost}`],
    ['é'.repeat(64)],
  ])('%j is wrong', (header) => expect(judgeSignature(body, header, config)).toBe('wrong'))
  it('covers every byte', () => {
    expect(judgeSignature(bytes(`${created} `), ofHost, config)).toBe('wrong')
    expect(judgeSignature(bytes(created.replace('created"', 'changed"')), ofHost, config)).toBe('wrong')
  })
  it('is not looked at without a secret', () => {
    for (const header of [null, 'anything']) expect(judgeSignature(body, header, {})).toBe('unchecked')
  })
})
