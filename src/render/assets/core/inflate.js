// inflate.js: what a block of a picture or a page holds. It is all that the loaders need, so it stands
// by itself.

function bytesOfText(text) {
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
}

// Bytes from base64 that were deflated. Fails where the browser has no DecompressionStream.
async function inflate(base64) {
    const bytes = Uint8Array.fromBase64 ? Uint8Array.fromBase64(base64) : bytesOfText(atob(base64));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
}
