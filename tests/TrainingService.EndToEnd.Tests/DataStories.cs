using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Models;
using TrainingService.Engine.Native;
using TrainingService.Testing;

namespace TrainingService.EndToEnd.Tests;

/// <summary>Somebody brings data: uploaded, checked, trained on, and the model that comes of it takes raw values.</summary>
public sealed class DataStories : IDisposable
{
    private static readonly string[] _model = ["model.safetensors", "config.json", "preprocessing.json"];

    static DataStories() => NativeTorch.EnsureLoaded();

    private readonly string _folder = Directory.CreateTempSubdirectory("data-stories-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_table_becomes_a_regression_that_predicts_from_raw_numbers()
    {
        await using var service = await ServiceProcess.StartAsync(ct: Ct);
        var table = new StringBuilder("area,rooms,price\n");
        var random = new Random(3);
        for (var row = 0; row < 4_000; row++)
        {
            var (area, rooms) = (random.Next(20, 200), random.Next(1, 7));
            table.Append(CultureInfo.InvariantCulture, $"{area},{rooms},{(area * 2) + (rooms * 10)}\n");
        }

        var version = await service.UploadAsync(
            JsonNode.Parse("""{ "name": "houses", "options": { "label": "price" } }""")!.AsObject(), Ct, ("houses.csv", new MemoryStream(Encoding.ASCII.GetBytes(table.ToString()))));
        Assert.Equal((1, 4_000L, DatasetFormat.Csv), (version.Version, version.Splits!["train"], version.Format));

        var model = await service.TrainAsync(Job(
            """
            { "class_name": "Sequential", "config": { "name": "prices", "layers": [
              { "class_name": "InputLayer", "config": { "batch_shape": [null, 2], "dtype": "float32", "name": "house" } },
              { "class_name": "Dense", "config": { "name": "price", "units": 1 } } ] } }
            """,
            """{ "optimizer": { "class_name": "Adam", "config": { "learning_rate": 1.0 } }, "loss": "mse" }""",
            """
            { "train": { "dataset": "houses", "pipeline": [
                { "map": { "class_name": "Normalization", "config": { "axis": -1 } } }, { "shuffle": { "buffer_size": 4000 } }, { "batch": { "batch_size": 64 } } ] },
              "split": { "method": "random", "validation": 0.2, "seed": 1 } }
            """, epochs: 40), _folder, Ct, _model);

        using var stored = StoredModel.Open(model);
        var rows = JsonDocument.Parse("""[ { "area": 100, "rooms": 3 }, { "area": 50, "rooms": 6 } ]""").RootElement.EnumerateArray().ToList();
        using var prices = Assert.Single(stored.Predict(rows));
        Assert.InRange(prices[0].item<float>(), 225, 235);
        Assert.InRange(prices[1].item<float>(), 155, 165);
    }

    [Fact]
    public async Task A_zip_of_pictures_becomes_a_classifier_that_is_trained_with_augmentation()
    {
        await using var service = await ServiceProcess.StartAsync(ct: Ct);
        var random = new Random(5);
        var zip = Zip(Enumerable.Range(0, 240).Select(number => (
            $"{(number % 2 == 0 ? "dark" : "light")}/{number}.bmp", Bitmap(12, number % 2 == 0 ? random.Next(0, 100) : random.Next(155, 256)))));

        var version = await service.UploadAsync(JsonNode.Parse("""{ "name": "shades", "options": { "image_size": [8, 8] } }""")!.AsObject(), Ct, ("shades.zip", zip));
        Assert.Equal(["dark", "light"], version.Columns!.Single(column => column.Role == ColumnRole.Label).Classes!);
        using (var http = new HttpClient { BaseAddress = service.Address })
            Assert.Equal("PNG"u8.ToArray(), (await http.GetByteArrayAsync("v1/datasets/shades/versions/1/preview/train/0/0.png", Ct))[1..4]);

        var history = await service.TrainAsync(Job(
            """
            { "class_name": "Sequential", "config": { "name": "shades", "layers": [
              { "class_name": "InputLayer", "config": { "batch_shape": [null, 8, 8, 3], "dtype": "float32", "name": "picture" } },
              { "class_name": "Flatten", "config": { "name": "flatten" } },
              { "class_name": "Dense", "config": { "name": "shade", "units": 2, "activation": "softmax" } } ] } }
            """,
            """{ "optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"] }""",
            """
            { "train": { "dataset": "shades@1", "pipeline": [
                { "shuffle": { "buffer_size": 240 } }, { "map": { "class_name": "Rescaling", "config": { "scale": 0.00392156862745098, "offset": -0.5 } } },
                { "map": { "class_name": "RandomFlip", "config": { "mode": "horizontal" } } }, { "batch": { "batch_size": 16 } }, { "prefetch": {} } ] },
              "split": { "method": "stratified", "validation": 0.25, "seed": 1 } }
            """, epochs: 10), _folder, Ct, "history.csv");
        var lines = await File.ReadAllLinesAsync(Path.Combine(history, "history.csv"), Ct);
        var accuracy = lines[^1].Split(',')[Array.IndexOf(lines[0].Split(','), "val_accuracy")];
        Assert.True(double.Parse(accuracy, CultureInfo.InvariantCulture) >= 0.95, string.Join('\n', lines));
    }

    [Fact]
    public async Task Texts_become_a_classifier_that_reads_raw_texts()
    {
        await using var service = await ServiceProcess.StartAsync(ct: Ct);
        var random = new Random(7);
        string[] good = ["fine", "great", "lovely", "superb"], bad = ["poor", "dull", "awful", "weak"], other = ["the", "film", "was", "really", "a", "story"];
        var zip = Zip(Enumerable.Range(0, 200).Select(number => (
            $"{(number % 2 == 0 ? "bad" : "good")}/{number}.txt",
            Encoding.UTF8.GetBytes(string.Join(' ', Enumerable.Range(0, random.Next(4, 9)).Select(_ => Pick(other)).Append(Pick(number % 2 == 0 ? bad : good)))))));

        var version = await service.UploadAsync(
            JsonNode.Parse("""{ "name": "reviews", "options": { "format": "text_folder" } }""")!.AsObject(), Ct, ("reviews.zip", zip));
        var text = version.Columns!.Single(column => column.Role == ColumnRole.Feature).Name;

        var model = await service.TrainAsync(Job(
            """
            { "class_name": "Sequential", "config": { "name": "reviews", "layers": [
              { "class_name": "InputLayer", "config": { "batch_shape": [null, 10], "dtype": "int64", "name": "words" } },
              { "class_name": "Embedding", "config": { "name": "embedding", "input_dim": 50, "output_dim": 8 } },
              { "class_name": "LSTM", "config": { "name": "lstm", "units": 8 } },
              { "class_name": "Dense", "config": { "name": "mood", "units": 2, "activation": "softmax" } } ] } }
            """,
            """{ "optimizer": { "class_name": "Adam", "config": { "learning_rate": 0.02 } }, "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"] }""",
            """
            { "train": { "dataset": "reviews", "pipeline": [
                { "map": { "class_name": "TextVectorization", "config": { "max_tokens": 50, "output_sequence_length": 10 } } },
                { "shuffle": { "buffer_size": 200 } }, { "batch": { "batch_size": 16 } } ] } }
            """, epochs: 12), _folder, Ct, _model);

        using var stored = StoredModel.Open(model);
        using var moods = Assert.Single(stored.Predict(
            [.. new[] { "the story was awful", "really a lovely film" }.Select(review => JsonSerializer.SerializeToElement(new Dictionary<string, string> { [text] = review }))]));
        Assert.True(moods[0][0].item<float>() > 0.8f, moods.ToString());
        Assert.True(moods[1][1].item<float>() > 0.8f, moods.ToString());

        string Pick(string[] words) => words[random.Next(words.Length)];
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static JsonObject Job(string model, string compile, string data, int epochs) => new()
    {
        ["model"] = JsonNode.Parse(model),
        ["compile"] = JsonNode.Parse(compile),
        ["data"] = JsonNode.Parse(data),
        ["fit"] = new JsonObject { ["epochs"] = epochs },
        ["seed"] = 4,
    };

    private static MemoryStream Zip(IEnumerable<(string Name, byte[] Content)> files)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }
        stream.Position = 0;
        return stream;
    }

    /// <summary>A square of one grey, 24 bits per pixel; the side a multiple of four, so that rows need no padding.</summary>
    private static byte[] Bitmap(int side, int grey)
    {
        const int headerBytes = 54;
        var bytes = new byte[headerBytes + (side * side * 3)];
        Array.Fill(bytes, (byte)grey, headerBytes, side * side * 3);
        using var writer = new BinaryWriter(new MemoryStream(bytes));
        writer.Write("BM"u8);
        foreach (var field in (int[])[bytes.Length, 0, headerBytes, 40, side, side, 1 | (24 << 16), 0, side * side * 3, 2_835, 2_835, 0, 0])
            writer.Write(field);
        return bytes;
    }
}
