using System.Security.Cryptography;
using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Engine.Datasets.Columns;
using TrainingService.Engine.Datasets.Formats.Images;

namespace TrainingService.Engine.Datasets.Previews;

/// <summary>Writes the first rows of each split for people to look at: values as JSON, pictures as PNG, so that nobody else opens what strangers sent.</summary>
public static class PreviewWriter
{
    private const int MostRows = 50, MostPictures = 24, MostValues = 100_000;

    /// <summary>Reads a stored form and adds its preview.</summary>
    /// <param name="directory">Of the stored form.</param>
    /// <param name="ct">Ends it early.</param>
    /// <returns>The files that were added.</returns>
    /// <exception cref="Formats.IngestException">A picture cannot be decoded.</exception>
    public static IReadOnlyList<DatasetFile> Write(string directory, CancellationToken ct)
    {
        using var store = ColumnStore.Open(directory);
        List<DatasetFile> files = [];
        var count = Math.Clamp(MostValues / store.Schema.Columns.Count, 1, MostRows);
        var previews = store.Schema.Splits.Select(split =>
        {
            var columns = store.Schema.Columns.Select((_, number) => store.Column(split.Key, number)).ToList();
            List<IReadOnlyList<JsonElement>> rows = [];
            for (var row = 0; row < Math.Min(count, split.Value); row++)
            {
                ct.ThrowIfCancellationRequested();
                rows.Add([.. columns.Select(column => PreviewValue.Of(column, row))]);
                foreach (var (number, column) in columns.Index())
                {
                    if (row < MostPictures && PreviewPicture.TryEncode(column, row) is { } png)
                        files.Add(Save(directory, DatasetSchema.PreviewImage(split.Key, row, number), png));
                }
            }
            return new DatasetPreview(split.Key, 0, split.Value, [.. columns.Select(column => column.Info.Name)], rows);
        }).ToList();
        files.Add(Save(directory, DatasetSchema.PreviewFileName, JsonSerializer.SerializeToUtf8Bytes(previews, ContractsJson.Options)));
        return files;
    }

    private static DatasetFile Save(string directory, string name, byte[] content)
    {
        File.WriteAllBytes(Path.Combine(directory, name), content);
        return new DatasetFile(name, Convert.ToHexStringLower(SHA256.HashData(content)), content.Length);
    }
}
