using System.Text.Json;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Optimizers;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Models;
using TrainingService.Engine.Random;
using TrainingService.Engine.Tests.Training;
using TrainingService.Engine.Training;
using static TrainingService.Conformance.Tensors;
using Batch = TrainingService.Contracts.Datasets.Batch;

namespace TrainingService.Engine.Tests.Datasets;

[Collection(TrainingCollection.Name)]
public sealed class JobDataTests : IDisposable
{
    private readonly StoredHouses _houses = new();
    private readonly OutputFolder _output = new();

    [Fact]
    public void Columns_of_numbers_stand_side_by_side_and_labels_keep_what_they_are()
    {
        using var data = Data(new DataSpec(new DataSource("houses@2", Pipeline: [new Batch(16)])));
        using var batch = First(data.Train);
        Assert.Equal(Enumerable.Range(0, 16).SelectMany(row => new[] { StoredHouses.Area(row), StoredHouses.RoomsOf(row) }), Values(batch.Features));
        Assert.Equal(Enumerable.Range(0, 16).Select(row => (double)StoredHouses.Price(row)), Values(batch.Labels));
        using var kinds = Data(new DataSpec(new DataSource("houses", Pipeline: [new Batch(5)], Features: "id", Labels: "kind")));
        using var other = First(kinds.Train);
        Assert.Equal([3e9, 3e9, 3e9 + 1, 3e9 + 1, 3e9 + 2], Values(other.Features));
        Assert.Equal(TorchSharp.torch.ScalarType.Int64, other.Labels.dtype);
        Assert.Equal([0, 1, 1, 1, 0], Values(other.Labels));
    }

    [Fact]
    public void Steps_look_at_columns_that_no_batch_has()
    {
        using var data = Data(new DataSpec(new DataSource("houses", Pipeline: [new Filter("kind == 0 and sold_at < 100"), new Batch(1_000)])));
        var rows = Enumerable.Range(0, StoredHouses.Rows).Where(row => StoredHouses.Kind(row) == 0 && row * 7 % StoredHouses.Rows < 100).ToList();
        using var batch = First(data.Train);
        Assert.Equal(rows.Select(row => (double)StoredHouses.Price(row)), Values(batch.Labels));
    }

    [Fact]
    public void Sequences_are_filled_up()
    {
        using var data = Data(new DataSpec(new DataSource("houses", Pipeline: [new PaddedBatch(3)], Features: "visits")));
        using var batch = First(data.Train);
        Assert.Equal([1, 0, 0, 1, 2, 0, 1, 2, 3], Values(batch.Features));
    }

    [Theory]
    [InlineData(SplitMethod.Random, null), InlineData(SplitMethod.Stratified, "kind"), InlineData(SplitMethod.Hash, null), InlineData(SplitMethod.Time, null), InlineData(SplitMethod.KFold, null)]
    public void Every_row_is_in_one_subset_and_always_in_the_same(SplitMethod method, string? column)
    {
        var split = new SplitSpec(method, Test: 0.1, Column: column, Fold: method == SplitMethod.KFold ? 3 : null);
        var spec = new DataSpec(new DataSource("houses", Pipeline: [new Shuffle(1_000), new Batch(7)], Labels: "sold_at"), Split: split);
        using var data = Data(spec);
        using var again = Data(spec);
        double[][] sets = [All(data.Train), All(data.Validation!), All(data.Test!)];
        Assert.Equal(Enumerable.Range(0, StoredHouses.Rows).Select(row => (double)row), sets.SelectMany(set => set).Order());
        Assert.Equal(sets[1].Order(), All(again.Validation!).Order());
        var (train, validation, test) = split.Sizes(StoredHouses.Rows);
        if (method is not SplitMethod.Hash)
            Assert.Equal([train, validation, test], sets.Select(set => (long)set.Length));
        if (method == SplitMethod.Time)
            Assert.True(sets[0].Max() < sets[1].Min() && sets[1].Max() < sets[2].Min());
        if (method == SplitMethod.Hash)
        {
            Assert.InRange(sets[1].Length, 20, 80);
            // Two rows share an id: they stay together.
            var ids = sets.Select(set => set.Select(Id).Distinct().ToList()).ToList();
            Assert.Equal(StoredHouses.Rows / 2, ids.Sum(set => set.Count));
        }
        if (method == SplitMethod.Stratified)
            Assert.Equal(12, sets[1].Count(sold => StoredHouses.Kind(RowOf(sold)) == 0));

        static int RowOf(double sold) => Enumerable.Range(0, StoredHouses.Rows).First(row => row * 7 % StoredHouses.Rows == (int)sold);
        static int Id(double sold) => RowOf(sold) / 2;
    }

    [Fact]
    public void The_folds_are_all_rows_once()
    {
        var watched = Enumerable.Range(1, 5).SelectMany(fold =>
        {
            using var data = Data(new DataSpec(new DataSource("houses", Pipeline: [new Batch(7)], Labels: "sold_at"), Split: new SplitSpec(SplitMethod.KFold, Fold: fold)));
            return All(data.Validation!);
        });
        Assert.Equal(Enumerable.Range(0, StoredHouses.Rows).Select(row => (double)row), watched.Order());
    }

    [Fact]
    public void Balanced_weights_count_the_training_rows_that_are_left()
    {
        var source = new DataSource("houses", Pipeline: [new Take(8), new Batch(8)], Labels: "kind");
        using var data = Data(new DataSpec(source), new FitSpec(ClassWeight: ClassWeightSpec.Balanced));
        using var batch = First(data.Train);
        // Two of eight rows are cottages: 8 / (2 · 2) and 8 / (2 · 6).
        Assert.Equal([2, 2.0 / 3, 2.0 / 3, 2.0 / 3, 2, 2.0 / 3, 2.0 / 3, 2.0 / 3], Values(batch.SampleWeight!).Select(weight => Math.Round(weight, 6)), (one, other) => Math.Abs(one - other) < 1e-5);
    }

    [Theory, InlineData(ResampleStrategy.Oversample, 360), InlineData(ResampleStrategy.Undersample, 120)]
    public void Resampled_classes_are_of_one_size(ResampleStrategy strategy, int rows)
    {
        using var data = Data(new DataSpec(new DataSource("houses", Pipeline: [new Resample(strategy), new Shuffle(1_000), new Batch(50)], Labels: "kind")));
        Assert.Equal(rows, data.Train.RowsPerEpoch);
        Assert.Equal(rows / 2, All(data.Train).Count(kind => kind == 0));
    }

    [Fact]
    public void Rejected_rows_leave_the_proportions_that_are_wanted()
    {
        using var data = Data(new DataSpec(new DataSource("houses", Pipeline: [new RejectionResample([0.5, 0.5]), new Batch(50)], Labels: "kind")));
        var kinds = All(data.Train);
        Assert.Equal(60, kinds.Count(kind => kind == 0));
        Assert.InRange(kinds.Count(kind => kind == 1), 40, 80);
    }

    [Fact]
    public void A_data_set_that_is_not_what_it_was_is_refused()
    {
        var wrong = Assert.Throws<DatasetException>(() => Data(new DataSpec(new DataSource("houses@2", Fingerprint: new string('0', 64)))));
        Assert.Contains("fingerprint", wrong.Message, StringComparison.Ordinal);
        Assert.Throws<DatasetException>(() => Data(new DataSpec(new DataSource("houses@3"))));
        Assert.Throws<DatasetException>(() => Data(new DataSpec(new DataSource("houses", Features: "aera"))));
    }

    [Fact]
    public void A_model_of_numbers_and_texts_trains_and_predicts_from_raw_rows()
    {
        var model = ContractsJson.TryRead<ModelSpec>(JsonDocument.Parse(TwoInputs).RootElement, out var violations);
        Assert.Empty(violations);
        var spec = new JobSpec(
            model!, new CompileSpec(new MeanSquaredError()) { Optimizer = new Adam { LearningRate = 0.5 } },
            new DataSpec(
                new DataSource(
                    "houses", Pipeline:
                    [
                        new Map(new LayerMap(new Normalization()), "numbers"), new Map(new LayerMap(new TextVectorization(OutputMode: CategoryOutput.MultiHot)), "words"),
                        new Shuffle(300), new Batch(16), new Prefetch(),
                    ],
                    Features: new ColumnChoice([KeyValuePair.Create("words", new ColumnNames("town")), KeyValuePair.Create("numbers", new ColumnNames(["area", "rooms"]))])),
                Split: new SplitSpec(Test: 0.2)),
            new FitSpec(60), Seed: 3);
        var observer = new RecordingObserver();
        var result = new TrainingRun(Plan(spec), observer).Execute(CancellationToken.None);
        Assert.True(result.Error is null, result.Error?.Message);
        Assert.InRange(observer.Of<EvaluationEvent>().Single().Logs["loss"]!.Value, 0, 200);
        Assert.All(observer.Of<EpochEndEvent>(), epoch => Assert.True(epoch.ComputeSeconds > 0));

        using var stored = StoredModel.Open(_output.Path);
        using var rows = JsonDocument.Parse($"[{string.Join(",", Enumerable.Range(0, 9).Select(StoredHouses.Json))}]");
        var predicted = stored.Predict([.. rows.RootElement.EnumerateArray()]).Single();
        Assert.All(Values(predicted).Select((price, row) => Math.Abs(price - StoredHouses.Price(row))), error => Assert.InRange(error, 0, 40));
        predicted.Dispose();
        using var lacking = JsonDocument.Parse("""[{"area": 50, "town": "South"}]""");
        Assert.Contains("rooms", Assert.Throws<DatasetException>(() => stored.Predict([lacking.RootElement[0]])).Message, StringComparison.Ordinal);
    }

    private const string TwoInputs = """
        {"class_name": "Functional", "config": {"name": "houses", "layers": [
          {"class_name": "InputLayer", "name": "numbers", "config": {"batch_shape": [null, 2], "dtype": "float32", "name": "numbers"}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "words", "config": {"batch_shape": [null, 4], "dtype": "float32", "name": "words"}, "inbound_nodes": []},
          {"class_name": "Concatenate", "name": "both", "config": {"name": "both"}, "inbound_nodes": [{"args": [[
            {"class_name": "__keras_tensor__", "config": {"shape": [null, 2], "dtype": "float32", "keras_history": ["numbers", 0, 0]}},
            {"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "float32", "keras_history": ["words", 0, 0]}}]], "kwargs": {}}]},
          {"class_name": "Dense", "name": "price", "config": {"name": "price", "units": 1}, "inbound_nodes": [{"args": [
            {"class_name": "__keras_tensor__", "config": {"shape": [null, 6], "dtype": "float32", "keras_history": ["both", 0, 0]}}], "kwargs": {}}]}],
          "input_layers": [["numbers", 0, 0], ["words", 0, 0]], "output_layers": [["price", 0, 0]]}}
        """;

    private TrainerPlan Plan(JobSpec spec) => new(Guid.Empty, 1, spec, [_houses.Location], _output.Path, 1, Environment.ProcessId);

    private JobData Data(DataSpec data, FitSpec? fit = null) => new(
        Plan(new JobSpec(new Sequential([new Dense(1)]), new CompileSpec(new MeanSquaredError()), data, fit)), new RandomStreams(5));

    private static Engine.Datasets.Batch First(Pipeline pipeline)
    {
        foreach (var batch in pipeline.Epoch(0))
            return batch;
        throw new InvalidOperationException("no batch.");
    }

    private static double[] All(Pipeline pipeline) => RowPipelines.Order(pipeline, 0);

    public void Dispose()
    {
        _houses.Dispose();
        _output.Dispose();
    }
}
