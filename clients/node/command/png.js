import { crc32, deflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type, content) {
  const data = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const frame = Buffer.alloc(data.length + 8);
  frame.writeUInt32BE(content.length);
  data.copy(frame, 4);
  frame.writeUInt32BE(crc32(data), data.length + 4);
  return frame;
}

/** A file of chunks, [type, content], between the header and the end. */
export function png({ width, height, bits, colourType }, chunks) {
  const header = Buffer.alloc(13); // compression, filter and interlacing are 0
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = bits;
  header[9] = colourType;
  const all = [['IHDR', header], ...chunks, ['IEND', Buffer.alloc(0)]];
  return Buffer.concat([signature, ...all.map((parts) => chunk(...parts))]);
}

/** A QR code as a picture, one bit a pixel, black on white. */
export function toPng(code, { scale = 8, quiet = 4 } = {}) {
  const width = (code.size + 2 * quiet) * scale;
  const lineLength = 1 + Math.ceil(width / 8); // a line begins with its filter, 0
  const pixels = Buffer.alloc(lineLength * width);
  for (let y = 0; y < width; y++) {
    for (let x = 0; x < width; x++) {
      const dark = code.get(Math.floor(x / scale) - quiet, Math.floor(y / scale) - quiet);
      if (!dark) pixels[y * lineLength + 1 + (x >> 3)] |= 0x80 >> (x & 7);
    }
  }
  return png({ width, height: width, bits: 1, colourType: 0 }, [['IDAT', deflateSync(pixels)]]);
}
