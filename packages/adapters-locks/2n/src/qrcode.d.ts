/** The part of qrcode 1.5 that is used; the package brings no types. */
declare module 'qrcode' {
  interface Options {
    readonly errorCorrectionLevel: 'L' | 'M' | 'Q' | 'H'
    /** Light modules around the code; readers want four. */
    readonly margin: number
  }
  export function create(text: string, options: Options): { readonly modules: { readonly size: number } }
  export function toBuffer(
    text: string,
    options: Options & { readonly type: 'png'; readonly scale: number },
  ): Promise<Buffer>
  export function toString(text: string, options: Options & { readonly type: 'svg' }): Promise<string>
}
