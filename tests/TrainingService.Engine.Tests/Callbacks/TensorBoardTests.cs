using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Tests.Training;
using TrainingService.Engine.Training;
using TensorBoard = TrainingService.Contracts.Callbacks.TensorBoard;

namespace TrainingService.Engine.Tests.Callbacks;

[Collection(TrainingCollection.Name)]
public sealed class TensorBoardTests : IDisposable
{
    private const int ScalarClass = 1, TensorClass = 2, BlobClass = 3; // SummaryMetadata.data_class
    private const int Float = 1, Double = 2, String = 7; // DataType

    private readonly OutputFolder _output = new();

    [Fact]
    public void The_reader_knows_the_checksum()
    {
        Assert.Equal(0xE3069283u, EventReader.Crc32C("123456789"u8)); // the catalogue's check value of CRC-32C
        Assert.Equal(0x8A9136AAu, EventReader.Crc32C(new byte[32])); // RFC 3720, B.4
    }

    [Fact]
    public void Epochs_are_written_under_the_tags_of_Keras()
    {
        var observer = Run(epochs: 3, new TensorBoard());
        var files = observer.Of<TrainerFile>().Where(file => file.Kind == "tensorboard").Select(file => file.Name).Order().ToList();
        Assert.Equal(["train", "validation"], files.Select(file => file.Split('/')[1]));
        Assert.All(files, file => Assert.Matches(@"^logs/(train|validation)/events\.out\.tfevents\.\d+\.trainer\.\d+\.\d\.v2$", file));

        var (train, validation) = (Events("train"), Events("validation"));
        var epochs = observer.Of<EpochEndEvent>().ToList();
        foreach (var name in (string[])["loss", "accuracy"])
        {
            AssertScalars(train, $"epoch_{name}", epochs.Select((epoch, index) => ((long)index, epoch.Logs[name]!.Value)));
            AssertScalars(validation, $"epoch_{name}", epochs.Select((epoch, index) => ((long)index, epoch.Logs[$"val_{name}"]!.Value)));
            // 512 rows in batches of 64 are 8 steps an epoch.
            AssertScalars(validation, $"evaluation_{name}_vs_iterations", epochs.Select((epoch, index) => (8L * (index + 1), epoch.Logs[$"val_{name}"]!.Value)));
        }
        AssertScalars(train, "epoch_learning_rate", [(0, 0.001f), (1, 0.001f), (2, 0.001f)]);
        Assert.Equal(["epoch_accuracy", "epoch_learning_rate", "epoch_loss", "keras"], Tags(train));
        Assert.Equal(["epoch_accuracy", "epoch_loss", "evaluation_accuracy_vs_iterations", "evaluation_loss_vs_iterations"], Tags(validation));
        Assert.Equal(train.Select(value => value.WallTime).Order(), train.Select(value => value.WallTime));
    }

    [Fact]
    public void The_models_description_is_there_for_the_conceptual_graph()
    {
        Run(epochs: 1, new TensorBoard());
        var graph = Assert.Single(Events("train"), value => value.Tag == "keras");
        Assert.Equal((0L, "graph_keras_model", "1", String), (graph.Step, graph.Plugin, graph.PluginContent, graph.Dtype));
        var model = JsonDocument.Parse(Assert.Single(graph.Strings)).RootElement;
        Assert.Equal("Sequential", model.GetProperty("class_name").GetString());
        Assert.Equal(["Flatten", "Dense", "Dropout", "Dense"], model.GetProperty("config").GetProperty("layers").EnumerateArray()
            .Select(layer => layer.GetProperty("class_name").GetString()).Where(name => name != "InputLayer"));
    }

    [Fact]
    public void Without_the_graph_and_without_validation_there_is_one_file_of_scalars()
    {
        var observer = Run(Jobs.Job(Jobs.Small(), 1, trainRows: 128, testRows: 0, batchSize: 64, new TensorBoard("a/b", WriteGraph: false)));
        Assert.Single(observer.Of<TrainerFile>(), file => file.Name.StartsWith("a/b/train/", StringComparison.Ordinal));
        Assert.Equal(["epoch_accuracy", "epoch_learning_rate", "epoch_loss"], Tags(Events("train", "a/b")));
        Assert.False(Directory.Exists(Path.Combine(_output.Path, "a/b/validation")));
    }

    [Fact]
    public void Batches_are_written_as_often_as_asked()
    {
        Run(epochs: 2, new TensorBoard(UpdateFreq: Frequency.EveryBatches(3), WriteStepsPerSecond: true));
        var train = Events("train");
        // 16 steps in two epochs: every third has a value, counted across epochs.
        foreach (var tag in (string[])["batch_loss", "batch_accuracy", "batch_steps_per_second"])
            Assert.Equal([3L, 6, 9, 12, 15], train.Where(value => value.Tag == tag).Select(value => value.Step));
        Assert.All(train.Where(value => value.Tag.EndsWith("steps_per_second", StringComparison.Ordinal)), value => Assert.True(value.Numbers[0] > 0));
        Assert.Equal([0L, 1], train.Where(value => value.Tag == "epoch_steps_per_second").Select(value => value.Step));
        Assert.Equal([0L, 1], train.Where(value => value.Tag == "epoch_loss").Select(value => value.Step));
    }

    [Fact]
    public void Histograms_and_images_show_the_weights()
    {
        Run(epochs: 3, new TensorBoard(HistogramFreq: 2, WriteImages: true));
        var train = Events("train");
        var histograms = train.Where(value => value.Tag.EndsWith("dense/kernel/histogram", StringComparison.Ordinal)).ToList();
        Assert.Equal([0L, 2], histograms.Select(value => value.Step));
        Assert.All(histograms, histogram =>
        {
            Assert.Equal(("histograms", TensorClass, Double), (histogram.Plugin, histogram.DataClass, histogram.Dtype));
            Assert.Equal([30L, 3], histogram.Shape);
            var buckets = histogram.Numbers.Chunk(3).ToList();
            Assert.Equal(784 * 16, buckets.Sum(bucket => bucket[2]));
            Assert.All(buckets.Zip(buckets.Skip(1)), pair => Assert.Equal(pair.First[1], pair.Second[0]));
        });
        var image = Assert.Single(train, value => value.Step == 0 && value.Tag.EndsWith("dense/kernel/image", StringComparison.Ordinal));
        Assert.Equal(("images", BlobClass, String), (image.Plugin, image.DataClass, image.Dtype));
        Assert.Equal(["784", "16"], image.Strings.Take(2).Select(Encoding.UTF8.GetString)); // the high kernel lies on its side
        Assert.Equal([3L], image.Shape);
        Assert.Equal((784, 16, 16 * 785), SizeOf(image.Strings[2]));
    }

    [Fact]
    public void A_histogram_counts_as_tf_summary_does()
    {
        using var scope = torch.NewDisposeScope();
        var histogram = Summaries.Histogram("h", torch.tensor(new[] { 0f, 0.05f, 1f, 2f, 3f, float.NaN, float.PositiveInfinity }));
        var buckets = histogram.Tensor.DoubleVal.Chunk(3).ToList();
        Assert.Equal((0.0, 0.1, 2.0), (buckets[0][0], Math.Round(buckets[0][1], 12), buckets[0][2]));
        Assert.Equal((2.9, 3.0, 1.0), (Math.Round(buckets[29][0], 12), buckets[29][1], buckets[29][2])); // the largest value is inside
        Assert.Equal(5, buckets.Sum(bucket => bucket[2]));
        var single = Summaries.Histogram("h", torch.full(7, 0.5f)).Tensor.DoubleVal.Chunk(3).ToList();
        Assert.Equal((0.5, 0.5, 7.0), (single[29][0], single[29][1], single[29][2]));
        Assert.Equal(7, single.Sum(bucket => bucket[2]));
    }

    [Fact]
    public void Pixels_are_the_weights_between_zero_and_one()
    {
        using var scope = torch.NewDisposeScope();
        var image = Summaries.Image("i", torch.tensor(new[,] { { -1f, 0f, 0.5f }, { 1f, 2f, 0.25f } }))!;
        Assert.Equal([0, 0, 0, 127, 0, 255, 255, 63], Inflate(image.Tensor.StringVal[2].ToByteArray()));
        Assert.Null(Summaries.Image("i", torch.zeros(2, 3, 4, 5)));
        Assert.Null(Summaries.Image("i", torch.zeros(1)));
        Assert.Equal(2 + 3, Summaries.Image("i", torch.zeros(3, 3, 1, 32))!.Tensor.StringVal.Count); // the first three of 32 kernels
    }

    [Fact]
    public void A_resumed_run_goes_on_in_the_same_files()
    {
        var spec = new TensorBoard(UpdateFreq: Frequency.EveryBatches(1));
        var (before, after) = (new RunFiles(), new RunFiles());
        byte[] content;
        using (var first = new Engine.Callbacks.TensorBoard(spec))
        using (var second = new Engine.Callbacks.TensorBoard(spec))
        using (var fit = new SmallFit())
        {
            fit.Drive(first, before, firstEpoch: 0, epochs: 2, end: false);
            using var state = first.GetState();
            content = before.Single("train");
            fit.Resume(second, after, state);
            fit.Drive(second, after, firstEpoch: 2, epochs: 1, end: true);
        }
        Assert.Equal(before.Names, after.Names);
        var resumed = after.Single("train");
        Assert.Equal(content, resumed[..content.Length]);
        var events = EventReader.Read(resumed);
        Assert.Equal([0L, 1, 2], events.Where(value => value.Tag == "epoch_loss").Select(value => value.Step));
        Assert.Equal([1L, 2, 3, 4, 5, 6], events.Where(value => value.Tag == "batch_loss").Select(value => value.Step));
        Assert.Single(events, value => value.Tag == "keras");
    }

    private static void AssertScalars(IReadOnlyList<ReadSummary> events, string tag, IEnumerable<(long Step, double Value)> expected)
    {
        var scalars = events.Where(value => value.Tag == tag).ToList();
        Assert.Equal(expected, scalars.Select(value => (value.Step, Assert.Single(value.Numbers))));
        Assert.All(scalars, value => Assert.Equal(("scalars", ScalarClass, Float, 0), (value.Plugin, value.DataClass, value.Dtype, value.Shape.Count)));
    }

    private static IEnumerable<string> Tags(IEnumerable<ReadSummary> events) => events.Select(value => value.Tag).Distinct().Order(StringComparer.Ordinal);

    private IReadOnlyList<ReadSummary> Events(string run, string folder = "logs") =>
        EventReader.Read(File.ReadAllBytes(Assert.Single(Directory.GetFiles(Path.Combine(_output.Path, folder, run)))));

    private RecordingObserver Run(int epochs, CallbackSpec callback) => Run(Jobs.Job(Jobs.Small(), epochs, trainRows: 512, testRows: 500, batchSize: 64, callback));

    private RecordingObserver Run(JobSpec spec)
    {
        var observer = new RecordingObserver();
        var result = new TrainingRun(Jobs.Plan(spec, _output.Path), observer).Execute(TestContext.Current.CancellationToken);
        Assert.Equal((StopReason.Completed, null), (result.StopReason, result.Error?.Message));
        return observer;
    }

    private static (int Width, int Height, int Bytes) SizeOf(byte[] png)
    {
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], png[..8]);
        return (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)), Inflate(png).Length);
    }

    /// <summary>The rows of an image, each with its filter byte; IDAT is the second chunk.</summary>
    private static byte[] Inflate(byte[] png)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(33));
        Assert.Equal("IDAT", Encoding.ASCII.GetString(png, 37, 4));
        using var rows = new MemoryStream();
        using (var zlib = new ZLibStream(new MemoryStream(png, 41, length), CompressionMode.Decompress))
            zlib.CopyTo(rows);
        return rows.ToArray();
    }

    public void Dispose() => _output.Dispose();
}
