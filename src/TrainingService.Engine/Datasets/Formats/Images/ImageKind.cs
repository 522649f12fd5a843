using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.Images;

/// <summary>Kinds of pictures that are read, told by their first bytes.</summary>
internal static class ImageKind
{
    private static readonly (string Kind, string[] Extensions)[] Known =
        [("JPEG", [".jpg", ".jpeg"]), ("PNG", [".png"]), ("WebP", [".webp"]), ("BMP", [".bmp"])];

    /// <summary>What error messages say is expected.</summary>
    public const string Expected = "JPEG, PNG, WebP or BMP";

    /// <summary>Whether a file's name is that of a picture.</summary>
    public static bool IsPicture(string name) => ByName(name) is not null;

    /// <summary>The kind of the first bytes, after comparing it to the name.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="file">Its name; null where there is none to compare.</param>
    /// <param name="place">What errors call it.</param>
    /// <param name="row">Its row, where it is one of a file.</param>
    /// <exception cref="IngestException">It is of no kind that is read, or of another than its name says.</exception>
    public static string Check(ReadOnlySpan<byte> bytes, string? file, string? place, long? row = null)
    {
        var kind = Sniff(bytes);
        if (!Known.Any(known => known.Kind == kind))
            throw new IngestException(DatasetErrorCodes.Unsupported, $"expected a picture: {Expected}. Received: {kind}.", place, row);
        return file is null || ByName(file) is not { } named || named == kind ? kind
            : throw new IngestException(DatasetErrorCodes.BadValue, $"expected {named}, as the name says. Received: {kind}.", place, row);
    }

    /// <summary>What the first bytes are, for people.</summary>
    public static string Sniff(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xff, 0xd8, 0xff, ..] => "JPEG",
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => "PNG",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "WebP",
        [(byte)'B', (byte)'M', ..] => "BMP",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "GIF",
        [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => "TIFF",
        [(byte)'P', (byte)'K', 3, 4, ..] => "a zip archive",
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => "PDF",
        _ when bytes.TrimStart("\ufeff \t\r\n"u8) is [(byte)'<', ..] => "XML, such as SVG",
        [] => "an empty file",
        _ => "a file that begins with the bytes " + Convert.ToHexStringLower(bytes[..Math.Min(8, bytes.Length)]),
    };

    /// <summary>Whether bytes that nobody calls a picture are one: a BMP's two letters could begin a text, so its length must agree too.</summary>
    public static bool IsCertain(ReadOnlySpan<byte> bytes) => Sniff(bytes) switch
    {
        "JPEG" or "PNG" or "WebP" => true,
        "BMP" => bytes.Length > 6 && System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes[2..]) == bytes.Length,
        _ => false,
    };

    private static string? ByName(string name) =>
        Known.FirstOrDefault(known => known.Extensions.Any(extension => name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))).Kind;
}
