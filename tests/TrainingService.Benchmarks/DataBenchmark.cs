using System.Diagnostics;
using System.Globalization;
using System.Text;
using SkiaSharp;
using TorchSharp;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Datasets.Columns;
using TrainingService.Engine.Datasets.Formats;
using TrainingService.Engine.Native;
using TrainingService.Engine.Random;
using Pipeline = TrainingService.Engine.Datasets.Pipeline;
using Batch = TrainingService.Contracts.Datasets.Batch;

namespace TrainingService.Benchmarks;

/// <summary>How fast rows come out of a pipeline, without a model.</summary>
internal static class DataBenchmark
{
    private const int Rounds = 3;

    /// <summary>MNIST, shuffled, in batches of 128, prefetched: rows a second, beside those that <c>fit</c> of the tutorial's network takes.</summary>
    public static Task PipelineAsync()
    {
        NativeTorch.EnsureLoaded();
        torch.set_num_threads(FitComparison.Threads);
        using var pipeline = new Pipeline(FitBenchmark.ReadMnist(), [new Shuffle(60_000), new Batch(128), new Prefetch()], 128, new RandomStreams(42), "train");
        var rows = Report.Median(Enumerable.Range(0, Rounds).Select(round => RowsPerSecond(pipeline, round)));
        using var fit = FitBenchmark.Loop(128);
        fit.Round();
        var learned = Report.Median(Enumerable.Range(0, Rounds).Select(_ =>
        {
            var watch = Stopwatch.StartNew();
            fit.Round();
            return FitBenchmark.RowsPerRound / watch.Elapsed.TotalSeconds;
        }));
        Report.Line("data_pipeline", rows, learned, "images/s");
        return Task.CompletedTask;
    }

    /// <summary>JPEGs decoded, resized and augmented by two threads, beside one.</summary>
    public static Task ImagesAsync()
    {
        NativeTorch.EnsureLoaded();
        torch.set_num_threads(FitComparison.Threads);
        using var folder = new TemporaryFolder();
        var info = WritePictures(folder.Path, 1_024);
        double Measure(int threads)
        {
            using var data = new JobData(
                new TrainerPlan(Guid.Empty, 1, new JobSpec(new Sequential([new Flatten(), new Dense(1)]), new CompileSpec(new MeanSquaredError()), new DataSpec(new DataSource("pictures", Pipeline:
                [
                    new Map(new LayerMap(new Resizing(96, 96)), null, threads), new Map(new LayerMap(new RandomFlip(FlipMode.Horizontal)), null, threads),
                    new Map(new LayerMap(new RandomRotation(new Factor(-0.05, 0.05))), null, threads), new Batch(32), new Prefetch(8),
                ]))), [new DatasetLocation(info, folder.Path)], folder.Path, 1, Environment.ProcessId), new RandomStreams(1));
            RowsPerSecond(data.Train, 0);
            return Report.Median(Enumerable.Range(1, Rounds).Select(round => RowsPerSecond(data.Train, round)));
        }
        var one = Measure(1);
        Report.Line("data_images_two_threads", Measure(2), one, "images/s");
        return Task.CompletedTask;
    }

    /// <summary>Ingest of CSV: megabytes a second, beside what the issue asks for.</summary>
    public static Task CsvAsync()
    {
        using var folder = new TemporaryFolder();
        var file = System.IO.Path.Combine(folder.Path, "rows.csv");
        WriteCsv(file, 400_000);
        var size = new FileInfo(file).Length / 1e6;
        var rates = Enumerable.Range(0, Rounds).Select(round =>
        {
            var output = Directory.CreateDirectory(System.IO.Path.Combine(folder.Path, $"out{round}")).FullName;
            var plan = new IngestPlan([new IngestFile(file, "rows.csv")], new IngestOptions(Label: "c0"), output, null, null, Environment.ProcessId);
            var watch = Stopwatch.StartNew();
            Ingest.Run(plan, new IngestProgress(), CancellationToken.None);
            return size / watch.Elapsed.TotalSeconds;
        }).ToList();
        Report.Line("data_csv", Report.Median(rates), 100, "MB/s");
        return Task.CompletedTask;
    }

    private static double RowsPerSecond(Pipeline pipeline, int epoch)
    {
        long rows = 0;
        var watch = Stopwatch.StartNew();
        foreach (var batch in pipeline.Epoch(epoch))
        {
            rows += batch.Rows;
            batch.Dispose();
        }
        return rows / watch.Elapsed.TotalSeconds;
    }

    private static DatasetInfo WritePictures(string folder, int count)
    {
        using var writers = new ColumnWriterSet(folder);
        writers.Declare(
        [
            new ColumnInfo("image", ColumnRole.Feature, "uint8", new Shape(160, 160, 3), Encoding: ColumnInfo.ImageEncoding),
            new ColumnInfo("label", ColumnRole.Label, "int64", new Shape()),
        ]);
        var split = writers.Split("train");
        var pixels = new System.Random(1);
        for (var row = 0; row < count; row++)
        {
            using var bitmap = new SKBitmap(320, 240);
            using (var canvas = new SKCanvas(bitmap))
            {
                canvas.Clear(new SKColor((uint)pixels.Next()));
                using var paint = new SKPaint { Color = new SKColor((uint)pixels.Next()) };
                for (var i = 0; i < 40; i++)
                    canvas.DrawCircle(pixels.Next(320), pixels.Next(240), pixels.Next(5, 60), paint);
            }
            using var encoded = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
            split.Varying(0).Append(encoded.AsSpan());
            split.Fixed(1).Append((long)(row % 10));
        }
        var stored = writers.Finish(DatasetFormat.ImageFolder);
        return DatasetInfo.Of("pictures", 1, "", stored.Schema, stored.Files);
    }

    private static void WriteCsv(string file, int rows)
    {
        const int columns = 20;
        var numbers = new System.Random(1);
        using var writer = new StreamWriter(file, append: false, Encoding.ASCII, 1 << 20);
        writer.WriteLine(string.Join(',', Enumerable.Range(0, columns).Select(column => $"c{column}")));
        for (var row = 0; row < rows; row++)
            writer.WriteLine(string.Join(',', Enumerable.Range(0, columns).Select(_ => (numbers.NextDouble() * 100).ToString("0.######", CultureInfo.InvariantCulture))));
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("data-benchmark-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
