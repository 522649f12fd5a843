using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using TrainingService.Engine.Datasets.Formats;
using TrainingService.Engine.Datasets.Formats.Archives;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Datasets.Formats;

public sealed class CheckedZipTests : IDisposable
{
    private readonly OutputFolder _folder = new();

    [Fact]
    public void Files_come_back_as_they_were_packed()
    {
        var large = new byte[100_000];
        System.Random.Shared.NextBytes(large);
        using var zip = Open(Ingested.Zip(("a.txt", "hello"u8.ToArray()), ("d/", []), ("d/large.bin", large), ("d/empty", []), ("ü/é.txt", "ok"u8.ToArray())));
        Assert.Equal(["a.txt", "d/large.bin", "d/empty", "ü/é.txt"], zip.Entries.Select(entry => entry.Name));
        Assert.Equal("hello"u8, zip.Read(zip.Entries[0], 5));
        Assert.Equal(large, zip.Read(zip.Entries[1], large.Length).ToArray());
        Assert.Equal(0, zip.Read(zip.Entries[2], 0).Count);
        Assert.Equal("too_large", Assert.Throws<IngestException>(() => zip.Read(zip.Entries[0], 4)).Code);
    }

    [Theory]
    [InlineData("../../x", "which leaves its folder")]
    [InlineData("a/../../x", "which leaves its folder")]
    [InlineData("a/./x", "which leaves its folder")]
    [InlineData("/x", "an absolute path")]
    [InlineData("C:\\x", "with a backslash")]
    [InlineData("C:x", "a path on a drive")]
    [InlineData("a\\..\\x", "with a backslash")]
    [InlineData("a//x", "with an empty part")]
    [InlineData("a\nb", "with a character that no name may have")]
    [InlineData("a/nul.png", "the name of a device")]
    [InlineData("COM1", "the name of a device")]
    [InlineData("CON /x", "the name of a device")]
    public void A03_names_that_leave_the_archive_are_refused(string name, string complaint)
    {
        var refused = Refused(Ingested.Zip(("good", [1]), (name, [2])));
        Assert.Equal("bad_archive", refused.Code);
        Assert.Equal($"expected names of files inside the archive. Received: {EntryName.Quoted(name)}, {complaint}.", refused.Reason);
        Assert.Equal("archive.zip", refused.File);
    }

    [Fact]
    public void A03_names_that_are_too_long_or_there_twice_are_refused()
    {
        Assert.Contains("longer than 255 bytes a part", Refused(Ingested.Zip((new string('a', 256), [1]))).Reason, StringComparison.Ordinal);
        using (Open(Ingested.Zip((new string('a', 255), [1])))) { }
        Assert.Equal("expected each name once. Received: \"a\" again.", Refused(Ingested.Zip(("a", [1]), ("a", [2]))).Reason);
        Assert.Equal("\"a\" is a file and a folder at once.", Refused(Ingested.Zip(("a", [1]), ("a/b/c", [2]))).Reason);
        Assert.Contains("again", Refused(Ingested.Zip(("a", [1]), ("a/", []))).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0xa1ffu, "a link")]
    [InlineData(0x11a4u, "a device, pipe or socket")] // FIFO
    [InlineData(0x21a4u, "a device, pipe or socket")]
    [InlineData(0x61a4u, "a device, pipe or socket")]
    [InlineData(0xc1a4u, "a device, pipe or socket")]
    public void A04_links_and_devices_are_refused(uint mode, string kind)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            var link = zip.CreateEntry("d");
            link.ExternalAttributes = (int)(mode << 16);
            using (var content = link.Open())
                content.Write("/tmp"u8);
            using var through = zip.CreateEntry("e/x").Open();
            through.Write("content"u8);
        }
        var refused = Refused(bytes.ToArray());
        Assert.Equal("links_not_allowed", refused.Code);
        Assert.Equal($"expected files and folders. Received: \"d\", {kind}.", refused.Reason);
        Assert.Equal("archive.zip/d", refused.File);
    }

    [Fact]
    public void A07_a_bomb_is_refused_by_its_directory()
    {
        var refused = Refused(Ingested.Zip(("zeros", new byte[50 << 20])));
        Assert.Equal("too_large", refused.Code);
        Assert.Matches(@"^expected entries that unpack to at most 100 times their size\. Received: ""zeros"", \d+ bytes that unpack to 52428800\.$", refused.Reason);
        using (Open(Ingested.Zip(("zeros", new byte[16 << 20])))) { } // small ones may be packed well
        var few = Assert.Throws<IngestException>(() => Open(Ingested.Zip(("a", [1]), ("b", [2])), new ArchiveLimits(Entries: 1)));
        Assert.Equal("expected at most 1 entries. Received: 2.", few.Reason);
        Assert.Equal("expected at most 5 unpacked bytes. Received: 6.", Assert.Throws<IngestException>(() => Open(Ingested.Zip(("a", new byte[3]), ("b", new byte[3])), new ArchiveLimits(TotalBytes: 5))).Reason);
        Assert.Equal("expected entries of at most 2 bytes. Received: \"a\" of 3.", Assert.Throws<IngestException>(() => Open(Ingested.Zip(("a", new byte[3])), new ArchiveLimits(EntryBytes: 2))).Reason);
    }

    [Fact]
    public void A07_entries_that_share_bytes_are_refused()
    {
        var zip = Ingested.Zip(("first", new byte[1_000]), ("other", new byte[1_000]));
        var second = Directory(zip) + 46 + 5;
        BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(second + 42), 0); // where the first one lies
        var refused = Refused(zip);
        Assert.Equal("bad_archive", refused.Code);
        Assert.Equal("\"first\" and \"other\" share bytes.", refused.Reason);
    }

    [Theory]
    [InlineData(10, "expected 10 bytes, as the directory says. Received: more.")]
    [InlineData(1_100_000, "expected 1100000 bytes, as the directory says. Received: 1048576.")]
    public void A07_a_length_that_lies_is_found_when_the_file_is_read(uint declared, string message)
    {
        var bytes = Ingested.Zip(("a", new byte[1 << 20]));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Directory(bytes) + 24), declared);
        using var zip = Open(bytes);
        var refused = Assert.Throws<IngestException>(() => zip.Read(zip.Entries[0], int.MaxValue));
        Assert.Equal("bad_archive", refused.Code);
        Assert.Equal(message, refused.Reason);
        Assert.Equal("archive.zip/a", refused.File);
    }

    [Fact]
    public void Content_that_was_changed_fails_its_checksum()
    {
        var bytes = Ingested.Zip(("a", "some text"u8.ToArray()));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Directory(bytes) + 16), 1);
        using var zip = Open(bytes);
        Assert.StartsWith("expected the checksum 00000001. Received: ", Assert.Throws<IngestException>(() => zip.Read(zip.Entries[0], 100)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_cut_of_an_archive_is_refused()
    {
        var whole = Ingested.Zip(("a", "some text"u8.ToArray()), ("b/c", "more of it"u8.ToArray()));
        for (var length = 0; length < whole.Length; length++)
            Assert.Equal("bad_archive", Refused(whole[..length]).Code);
    }

    [Fact]
    public void Changed_bytes_are_refused_or_read_and_nothing_else()
    {
        var whole = Ingested.Zip(("a", "some text"u8.ToArray()), ("b/c", new byte[2_000]));
        var random = new System.Random(1);
        for (var round = 0; round < 3_000; round++)
        {
            var changed = whole.ToArray();
            for (var i = 0; i < 3; i++)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            try
            {
                using var zip = Open(changed);
                foreach (var entry in zip.Entries)
                    zip.Read(entry, 10_000);
            }
            catch (IngestException refused)
            {
                Assert.Contains(refused.Code, (string[])["bad_archive", "too_large", "unsupported", "truncated", "links_not_allowed"]);
            }
        }
    }

    [Fact]
    public void Other_files_and_passwords_are_refused()
    {
        Assert.Equal("expected a zip archive, which ends with a directory. Received: none; the file is cut or of another format.", Refused(new byte[1_000]).Reason);
        var locked = Ingested.Zip(("a", "some text"u8.ToArray()));
        locked[Directory(locked) + 8] |= 1;
        Assert.Equal("expected entries without a password. Received: \"a\", which is encrypted.", Refused(locked).Reason);
        var packed = Ingested.Zip(("a", "some text"u8.ToArray()));
        packed[Directory(packed) + 10] = 14;
        Assert.Equal("expected entries that are stored or deflated. Received: \"a\", packed by method 14.", Refused(packed).Reason);
    }

    [Fact]
    public void Directories_of_more_than_4_GiB_are_understood()
    {
        // The same archive with its end in Zip64, as writers do for many entries.
        var zip = Ingested.Zip(("a", "hello"u8.ToArray()));
        var (directory, end) = (Directory(zip), zip.Length - 22);
        using var bytes = new MemoryStream();
        bytes.Write(zip, 0, end);
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(0x06064b50u);
            writer.Write(44L);
            writer.Write(new byte[12]);
            writer.Write(1L);
            writer.Write(1L);
            writer.Write((long)(end - directory));
            writer.Write((long)directory);
            writer.Write(0x07064b50u);
            writer.Write(0);
            writer.Write((long)end);
            writer.Write(1);
            writer.Write(0x06054b50u);
            writer.Write(0);
            writer.Write(ushort.MaxValue);
            writer.Write(ushort.MaxValue);
            writer.Write(uint.MaxValue);
            writer.Write(uint.MaxValue);
            writer.Write((short)0);
        }
        using var opened = Open(bytes.ToArray());
        Assert.Equal("hello"u8, opened.Read(Assert.Single(opened.Entries), 5));
    }

    private static int Directory(byte[] zip) => (int)BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(zip.Length - 22 + 16));

    private IngestException Refused(byte[] bytes) => Assert.Throws<IngestException>(() => Open(bytes).Dispose());

    private CheckedZip Open(byte[] bytes, ArchiveLimits? limits = null)
    {
        var path = Path.Combine(_folder.Path, "upload");
        File.WriteAllBytes(path, bytes);
        return new CheckedZip(path, "archive.zip", limits);
    }

    public void Dispose() => _folder.Dispose();
}
