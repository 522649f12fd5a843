using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Engine.Datasets.Formats;
using TrainingService.Engine.Datasets.Formats.Images;
using TrainingService.Engine.Datasets.Previews;

namespace TrainingService.Engine.Tests.Datasets.Previews;

public sealed class PreviewWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("preview-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Values_are_shown_as_they_are_and_a_missing_number_as_null()
    {
        var files = Ingested("""
            name,size,count
            "é, quoted",1.5,3
            plain,,4

            """);

        var preview = Assert.Single(Previews());
        Assert.Equal(("train", 0L, 2L), (preview.Split, preview.Offset, preview.TotalRows));
        Assert.Equal(["name", "size", "count"], preview.Columns);
        Assert.Equal(["é, quoted", "1.5", "3"], preview.Rows[0].Select(Shown));
        Assert.Equal(JsonValueKind.Null, preview.Rows[1][1].ValueKind);
        var file = Assert.Single(files);
        var bytes = File.ReadAllBytes(Path.Combine(_folder, "output", DatasetSchema.PreviewFileName));
        Assert.Equal(new DatasetFile(DatasetSchema.PreviewFileName, Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length), file);
    }

    [Fact]
    public void Only_the_first_rows_are_shown_and_long_texts_are_cut_between_characters()
    {
        Ingested("text,number\n" + string.Concat(Enumerable.Range(0, 80).Select(row => $"{new string('a', 1_999)}éé,{row}\n")));

        var preview = Assert.Single(Previews());
        Assert.Equal((80L, 50), (preview.TotalRows, preview.Rows.Count));
        Assert.Equal(new string('a', 1_999) + "…", preview.Rows[0][0].GetString());
    }

    [Fact]
    public void Pictures_are_null_in_the_rows_and_files_of_their_own()
    {
        var pixels = new byte[2 * 8 * 6 * 3];
        new System.Random(1).NextBytes(pixels);
        var files = Ingested(("x.npy", Npy("|u1", "(2, 8, 6, 3)", pixels)), ("y.npy", Npy("<f4", "(2,)", MemoryMarshal.AsBytes<float>([0.1f, float.NaN]).ToArray())));

        var preview = Assert.Single(Previews());
        Assert.Equal(["null", "0.1"], preview.Rows[0].Select(value => value.GetRawText()));
        Assert.Equal(["null", "null"], preview.Rows[1].Select(value => value.GetRawText()));
        Assert.Equal(["preview.json", "preview.train.0.0.png", "preview.train.1.0.png"], files.Select(file => file.Name).Order());
        var shown = new byte[8 * 6 * 3];
        ImageDecoder.Decode(File.ReadAllBytes(Path.Combine(_folder, "output", "preview.train.1.0.png")), new ImageSize(8, 6, 3), shown, "picture.png", "picture.png");
        Assert.Equal(pixels[(8 * 6 * 3)..], shown);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IReadOnlyList<DatasetFile> Ingested(string table) => Ingested(("table.csv", Encoding.UTF8.GetBytes(table)));

    private IReadOnlyList<DatasetFile> Ingested(params (string Name, byte[] Content)[] files)
    {
        var output = Directory.CreateDirectory(Path.Combine(_folder, "output")).FullName;
        List<IngestFile> sources = [];
        foreach (var (name, content) in files)
        {
            File.WriteAllBytes(Path.Combine(_folder, name), content);
            sources.Add(new IngestFile(Path.Combine(_folder, name), name));
        }
        Ingest.Run(new IngestPlan(sources, new IngestOptions(), output, null, null, Environment.ProcessId), new IngestProgress(), Ct);
        return PreviewWriter.Write(output, Ct);
    }

    private List<DatasetPreview> Previews() =>
        JsonSerializer.Deserialize<List<DatasetPreview>>(File.ReadAllBytes(Path.Combine(_folder, "output", DatasetSchema.PreviewFileName)), ContractsJson.Options)!;

    private static string Shown(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static byte[] Npy(string dtype, string shape, byte[] values)
    {
        var header = Encoding.ASCII.GetBytes($"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n");
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. values];
    }
}
