//! A small PNG, made here so that no file has to be kept.

use std::iter;

/// The bytes of a grey picture of this size, which every reader of PNG takes. Its rows are stored, not compressed.
///
/// # Panics
/// When it is so large that one stored block does not hold it (64 KiB).
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let row = |y: u32| iter::once(0_u8).chain((0..width).map(move |x| (x * 7 + y * 13) as u8));
    let pixels: Vec<u8> = (0..height).flat_map(row).collect();
    let length = u16::try_from(pixels.len()).expect("a test picture is small");
    let mut packed = vec![0x78, 0x01, 0x01];
    packed.extend(length.to_le_bytes());
    packed.extend((!length).to_le_bytes());
    packed.extend(&pixels);
    packed.extend(adler32(&pixels).to_be_bytes());
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    // Eight bits of grey, no interlacing.
    header.extend([8, 0, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", header), (b"IDAT", packed), (b"IEND", Vec::new())] {
        let body = [kind.as_slice(), &data].concat();
        file.extend(u32::try_from(data.len()).expect("it is small").to_be_bytes());
        file.extend(&body);
        file.extend(crc32(&body).to_be_bytes());
    }
    file
}

fn adler32(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1, 0), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65521;
        (a, (b + a) % 65521)
    });
    b << 16 | a
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
    !bytes
        .iter()
        .fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}
